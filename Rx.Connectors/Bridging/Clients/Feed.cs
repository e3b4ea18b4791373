using System.Reactive.Concurrency;

namespace Rx.Connectors.Bridging;

/// <summary>Where a bridge's items come from: a client, or a query over another feed. It can be connected again and again.</summary>
internal abstract class Feed<TItem>
{
    /// <summary>Whether the feed stops sending while there is no demand.</summary>
    public abstract bool CanPause { get; }

    /// <summary>Whether the client, or a user's query, is called inside <see cref="Connect"/>, and may not come back from there.</summary>
    public virtual bool IsCalledInConnect => true;

    /// <summary>Whether everything is sent in runs (<see cref="IDemand.BeginRun"/>).</summary>
    public virtual bool SendsInRuns => false;

    /// <summary>Begins to send. Whatever goes wrong is sent as an error, not thrown.</summary>
    public abstract FeedConnection Connect(IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler);
}
