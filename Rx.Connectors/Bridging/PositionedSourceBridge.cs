using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A client with positions on its way to a polled partition. Immutable; make as many partitions of it as needed.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A position.</typeparam>
public sealed class PositionedSourceBridge<T, TPosition>
{
    private readonly Feed<Positioned<T, TPosition>> _feed;

    internal PositionedSourceBridge(Feed<Positioned<T, TPosition>> feed) => _feed = feed;

    /// <summary>Shapes the items with Rx before they are gathered into batches; their positions travel along.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <typeparam name="TNewPosition">The positions that come out; another type only behind <c>Scan</c>.</typeparam>
    /// <param name="query">The query, as in <see cref="SourceBridge{T}.Query{TResult}"/>. What comes in first must leave first
    /// (rule S12), or the source fails with a <see cref="PositionOrderException"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public QueriedSourceBridge<TResult, TNewPosition> Query<TResult, TNewPosition>(
        Func<PositionedObservable<T, TPosition>, IObservable<Positioned<TResult, TNewPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Through<TResult, TNewPosition>((source, target) => Subscription.To(query(new(source)), target));
    }

    /// <summary>Shapes the items with Rx, batches included: they are handed out as the query gathers them.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <typeparam name="TNewPosition">The positions that come out; another type only behind <c>Scan</c>.</typeparam>
    /// <param name="query">The query, as in <see cref="Query{TResult,TNewPosition}"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public QueriedSourceBridge<TResult, TNewPosition> QueryBatches<TResult, TNewPosition>(
        Func<PositionedObservable<T, TPosition>, IObservable<IList<Positioned<TResult, TNewPosition>>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Through<TResult, TNewPosition>((source, target) =>
            Subscription.To(query(new(source)), new BatchObserver<Positioned<TResult, TNewPosition>>(target)));
    }

    /// <summary>Makes a partition.</summary>
    /// <param name="resumeState">The position that the client was opened at; what <c>Snapshot</c> returns until the first item
    /// is handed out.</param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <param name="onCommitted">
    /// Called with each position that is committed (rule S11), as to tell a server what it may forget: between polls, on the
    /// worker's thread, in order, at least once. It must not wait; what it throws ends the flow. Where each delivery is
    /// acknowledged by itself, use <c>AcknowledgingSource</c>. Default, null: nobody is called.
    /// </param>
    /// <returns>A partition that opens its client at <c>Start</c>, or at the first poll of a host that does not call it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public StatefulSourcePartition<T, TPosition> ToPartition(
        ResumeState<TPosition> resumeState, BridgeOptions? options = null, Action<TPosition>? onCommitted = null) =>
        new DirectPartition<T, TPosition>(_feed, resumeState, BridgeSettings.Check(options), onCommitted);

    private QueriedSourceBridge<TResult, TNewPosition> Through<TResult, TNewPosition>(
        Func<IObservable<Positioned<T, TPosition>>, IFeedTarget<Positioned<TResult, TNewPosition>>, FeedConnection> subscribe) =>
        new(passage => new QueryFeed<Positioned<T, TPosition>, Positioned<T, TPosition>, Positioned<TResult, TNewPosition>>(
            _feed,
            (demand, scheduler, fail) =>
            {
                passage.Demand = demand;
                passage.Fail = fail;
                passage.ClientPosition = typeof(TPosition);
                return new PositionedEntry<T, TPosition>(_feed, demand, scheduler, fail, passage);
            },
            subscribe));
}
