namespace Rx.Connectors.Bridging;

/// <summary>Closes what a user's delegate has opened.</summary>
internal static class Closing
{
    /// <summary>By the user's own delegate, or as the client offers it.</summary>
    public static async Task Of<TClient>(TClient client, Func<TClient, Task>? close)
    {
        if (close is not null)
        {
            await close(client).ConfigureAwait(false);
        }
        else if (client is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (client as IDisposable)?.Dispose();
        }
    }
}
