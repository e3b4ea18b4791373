namespace Rx.Connectors.Bridging;

/// <content>Clients whose items are received one by one.</content>
public static partial class Bridge
{
    /// <summary>
    /// Makes a stream of a client whose items are received one by one, and closes the client also where a receive takes no token, and
    /// would hold up an iterator over it for ever.
    /// </summary>
    /// <typeparam name="TClient">The client.</typeparam>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="open">Opens a client, once for each enumeration, before the first item. The token is cancelled when the partition is
    /// closed; then it is not waited for, and a client that it still opens is closed.</param>
    /// <param name="receive">
    /// Receives the next item, after the last one was taken. When the token is cancelled it is not waited for: what it still receives is
    /// let go, and what it fails with is ignored. It must not block its thread. Where an item says that it is the last, end the query
    /// with <c>TakeWhile</c>.
    /// </param>
    /// <param name="close">
    /// Closes the client after a failure, or when the partition is closed, which may be while a receive is pending. It is waited for.
    /// Default, null: <c>DisposeAsync</c> or <c>Dispose</c>, where the client has one.
    /// </param>
    /// <returns>The stream, to be given to <c>From</c>. What <paramref name="open"/> and <paramref name="receive"/> throw is its error, after
    /// the items before; what <paramref name="close"/> throws is one if nothing else was.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> or <paramref name="receive"/> is null.</exception>
    public static IAsyncEnumerable<T> Receive<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, CancellationToken, Task<T>> receive, Func<TClient, Task>? close = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(receive);
        return new ReceivingStream<TClient, T>(open, receive, close);
    }
}
