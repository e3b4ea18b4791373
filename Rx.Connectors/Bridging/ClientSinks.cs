namespace Rx.Connectors.Bridging;

/// <summary>Makes sink bridges of clients that are opened before they are written to.</summary>
internal static class ClientSinks
{
    public static SinkBridge<T> OfItems<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, T, CancellationToken, Task> write, Func<TClient, Task>? close)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(write);
        return Of<TClient, T>(open, close, client => () => new ItemWriter<T>((item, stop) => client.WriteAsync(
            (write, item), static (opened, its, token) => its.write(opened, its.item, token), stop)));
    }

    public static SinkBridge<T> OfBatches<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, IReadOnlyList<T>, CancellationToken, Task> write, Func<TClient, Task>? close)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(write);
        return Of<TClient, T>(open, close, client => () => new WholeWriter<T>((items, stop) => client.WriteAsync(
            (write, items), static (opened, its, token) => its.write(opened, its.items, token), stop)));
    }

    private static SinkBridge<T> Of<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, Task>? close, Func<SinkClient<TClient>, Func<IBatchWriter<T>>> writer) =>
        new(settings =>
        {
            var client = new SinkClient<TClient>(open, close);
            return new ClientSinkPartition<T>(new BridgedSinkPartition<T>(writer(client), settings), client);
        });
}
