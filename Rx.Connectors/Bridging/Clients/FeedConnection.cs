namespace Rx.Connectors.Bridging;

/// <summary>A connected feed. Disposing it tells the client to close; <see cref="Closed"/> ends when it has.</summary>
internal sealed class FeedConnection(IDisposable subscription, Func<Task> closed) : IDisposable
{
    public Task Closed => closed();

    public void Dispose()
    {
        try
        {
            subscription.Dispose();
        }
        catch (Exception)
        {
            // The client or the query threw while it was told to stop. Whoever disposes can do nothing about it, and has more to
            // close or to tell.
        }
    }
}
