using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A client with positions on its way to a polled partition. Immutable; make as many partitions of it as needed.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TState">A position.</typeparam>
public sealed class PositionedSourceBridge<T, TState>
{
    private readonly Feed<Positioned<T, TState>> _feed;

    internal PositionedSourceBridge(Feed<Positioned<T, TState>> feed) => _feed = feed;

    /// <summary>Shapes the items with Rx before they are gathered into batches; their positions travel along.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <typeparam name="TPosition">The positions that come out; another type only behind <c>Scan</c>.</typeparam>
    /// <param name="query">The query, as in <see cref="SourceBridge{T}.Query{TResult}"/>. What comes in first must leave first
    /// (rule S12), or the source fails with a <see cref="PositionOrderException"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public QueriedSourceBridge<TResult, TPosition> Query<TResult, TPosition>(
        Func<PositionedObservable<T, TState>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Through<TResult, TPosition>((source, target) => Subscription.To(query(new(source)), target));
    }

    /// <summary>Shapes the items with Rx, batches included: they are handed out as the query gathers them.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <typeparam name="TPosition">The positions that come out; another type only behind <c>Scan</c>.</typeparam>
    /// <param name="query">The query, as in <see cref="Query{TResult,TPosition}"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public QueriedSourceBridge<TResult, TPosition> QueryBatches<TResult, TPosition>(
        Func<PositionedObservable<T, TState>, IObservable<IList<Positioned<TResult, TPosition>>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Through<TResult, TPosition>((source, target) =>
            Subscription.To(query(new(source)), new BatchObserver<Positioned<TResult, TPosition>>(target)));
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
    public StatefulSourcePartition<T, TState> ToPartition(
        ResumeState<TState> resumeState, BridgeOptions? options = null, Action<TState>? onCommitted = null) =>
        new DirectPartition<T, TState>(_feed, resumeState, BridgeSettings.Check(options), onCommitted);

    private QueriedSourceBridge<TResult, TPosition> Through<TResult, TPosition>(
        Func<IObservable<Positioned<T, TState>>, IFeedTarget<Positioned<TResult, TPosition>>, FeedConnection> subscribe) =>
        new(passage => new QueryFeed<Positioned<T, TState>, Positioned<T, TState>, Positioned<TResult, TPosition>>(
            _feed,
            (demand, scheduler, fail) =>
            {
                passage.Demand = demand;
                passage.Fail = fail;
                passage.ClientPosition = typeof(TState);
                return new PositionedEntry<T, TState>(_feed, demand, scheduler, fail, passage);
            },
            subscribe));
}
