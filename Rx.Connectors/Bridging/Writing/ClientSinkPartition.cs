using System.Reactive.Concurrency;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>A bridged sink partition with a client of its own.</summary>
internal sealed class ClientSinkPartition<T>(BridgedSinkPartition<T> inner, ISinkClient client) : StatelessSinkPartition<T>
{
    public override void Start(IScheduler scheduler)
    {
        inner.Start(scheduler);
        client.Start(inner.Scheduler);
    }

    public override void WriteBatch(IReadOnlyList<T> items) => inner.WriteBatch(items);

    /// <summary>The client is closed after the writes that were given up have ended.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
        await client.CloseAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        client.Stop();
    }
}
