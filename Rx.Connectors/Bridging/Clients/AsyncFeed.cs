using System.Reactive.Concurrency;

namespace Rx.Connectors.Bridging;

/// <summary>An asynchronous stream, pulled while there is room.</summary>
internal sealed class AsyncFeed<TItem>(IAsyncEnumerable<TItem> stream) : Feed<TItem>
{
    public override bool CanPause => true;

    public override FeedConnection Connect(IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler)
    {
        var pump = new AsyncPump<TItem>(stream, target, demand, scheduler);
        pump.Start();
        return new FeedConnection(pump, () => pump.Closed);
    }
}
