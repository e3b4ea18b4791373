using System.Reactive.Concurrency;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.WebSockets;

/// <summary>A bridged partition that closes its sender.</summary>
internal sealed class WebSocketSinkPartition(WebSocketSender sender, WriteOptions? write) : StatelessSinkPartition<WebSocketMessage>
{
    private readonly StatelessSinkPartition<WebSocketMessage> _partition =
        Bridge.To<WebSocketMessage>(sender.SendAsync).ToPartition(write);

    public override void Start(IScheduler scheduler) => _partition.Start(scheduler);

    public override void WriteBatch(IReadOnlyList<WebSocketMessage> items) => _partition.WriteBatch(items);

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await sender.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        _partition.Dispose();

        // Closes in the background; who wants to wait for it calls DisposeAsync.
        _ = sender.DisposeAsync().AsTask();
    }
}
