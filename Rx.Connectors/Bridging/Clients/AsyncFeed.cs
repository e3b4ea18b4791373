using System.Reactive.Concurrency;

namespace Rx.Connectors.Bridging;

/// <summary>An asynchronous stream, pulled while there is room.</summary>
/// <param name="stream">The stream.</param>
/// <param name="stopsItself">Whether its reads are known to end when they are cancelled, and what they do before is worth waiting for.</param>
internal sealed class AsyncFeed<TItem>(IAsyncEnumerable<TItem> stream, bool stopsItself = false) : Feed<TItem>
{
    public override bool CanPause => true;

    public override bool SendsInRuns => true;

    // The pump calls it in the background.
    public override bool IsCalledInConnect => false;

    public override FeedConnection Connect(IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler)
    {
        var patience = stopsItself ? Timeout.InfiniteTimeSpan : demand.StopTimeout;
        var pump = new AsyncPump<TItem>(stream, target, demand, scheduler, patience);
        pump.Start();
        return new FeedConnection(pump, () => pump.Closed);
    }
}
