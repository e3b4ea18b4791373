using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Bridging;

/// <summary>A user's Rx query over a feed. Demand passes through it: while the bridge is full, the client is not pulled.</summary>
internal sealed class QueryFeed<TItem, TEntered, TOut>(
    Feed<TItem> feed,
    Func<IDemand, IScheduler, Action<Exception>, QueryEntry<TItem, TEntered>> enter,
    Func<IObservable<TEntered>, IScheduler, IFeedTarget<TOut>, FeedConnection> subscribe) : Feed<TOut>
{
    public override bool CanPause => feed.CanPause;

    public override FeedConnection Connect(IFeedTarget<TOut> target, IDemand demand, IScheduler scheduler)
    {
        var entry = enter(demand, scheduler, target.OnError);
        FeedConnection query;
        try
        {
            query = new QueryRoom(demand, target.OnError).Within(() => subscribe(entry, scheduler, target));
        }
        catch (Exception queryFailed)
        {
            target.OnError(queryFailed);
            query = new FeedConnection(Disposable.Empty, static () => Task.CompletedTask);
        }

        return new FeedConnection(
            Disposable.Create((query, entry), static both =>
            {
                both.entry.DisposeOutside(both.query);
                both.entry.Dispose();
            }),
            () => entry.Closed);
    }
}
