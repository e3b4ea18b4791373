namespace Rx.Connectors.Bridging;

/// <summary>A connected feed. Disposing it tells the client to close; <see cref="Closed"/> ends when it has.</summary>
internal sealed class FeedConnection(IDisposable subscription, Func<Task> closed) : IDisposable
{
    public Task Closed => closed();

    public void Dispose() => subscription.Dispose();
}
