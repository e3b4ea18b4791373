using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A client with positions on its way to a polled partition. Immutable; make as many partitions of it as needed.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A position.</typeparam>
public sealed class PositionedSourceBridge<T, TPosition>
{
    private readonly PositionedPlan<T, TPosition> _plan;

    internal PositionedSourceBridge(PositionedPlan<T, TPosition> plan) => _plan = plan;

    /// <summary>Shapes the items with Rx before they are gathered into batches; their positions travel along.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, as in <see cref="SourceBridge{T}.Query{TResult}(Func{IObservable{T}, IObservable{TResult}})"/>. What
    /// comes in first must leave first (rule S12), or the source fails with a <see cref="PositionOrderException"/>.</param>
    /// <returns>The shaped bridge. Positions keep their type, and positions that were stored with another query, or with none, can be
    /// read.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public PositionedSourceBridge<TResult, TPosition> Query<TResult>(
        Func<PositionedObservable<T, TPosition>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Query((source, _) => query(source));
    }

    /// <summary>As <see cref="Query{TResult}(Func{PositionedObservable{T, TPosition}, IObservable{Positioned{TResult, TPosition}}})"/>, with
    /// the clock that its operators are to use.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler, or the one of <see cref="BridgeOptions.Scheduler"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public PositionedSourceBridge<TResult, TPosition> Query<TResult>(
        Func<PositionedObservable<T, TPosition>, IScheduler, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(_plan.Through(new PositionedQuery<T, TResult, TPosition> { Items = query }));
    }

    /// <summary>Shapes the items with Rx, batches included: they are handed out as the query gathers them.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public PositionedSourceBridge<TResult, TPosition> QueryBatches<TResult>(
        Func<PositionedObservable<T, TPosition>, IScheduler, IObservable<IList<Positioned<TResult, TPosition>>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(_plan.Through(new PositionedQuery<T, TResult, TPosition> { Batches = query }));
    }

    /// <summary>Makes a partition.</summary>
    /// <param name="resumeState">The position of the last snapshot, at which the client was opened; what <c>Snapshot</c> returns until the
    /// first item is handed out.</param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <param name="onCommitted">
    /// Called with each position of the client that is committed (rule S11), as to tell a server what it may forget: between polls, on
    /// the worker's thread, in order, at least once. Behind a query, everything before the position has left it. It must not wait; what it
    /// throws ends the flow. Where each delivery is acknowledged by itself, use <c>AcknowledgingSource</c>. Default, null: nobody is
    /// called.
    /// </param>
    /// <returns>A partition that opens its client at <c>Start</c>, or at the first poll of a host that does not call it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public StatefulSourcePartition<T, TPosition> ToPartition(
        ResumeState<TPosition> resumeState, BridgeOptions? options = null, Action<TPosition>? onCommitted = null) =>
        _plan.Build(resumeState, BridgeSettings.Check(options), onCommitted);

    /// <summary>A partition whose client waits for commits, though it is told of them by somebody else.</summary>
    internal StatefulSourcePartition<T, TPosition> ToAcknowledged(ResumeState<TPosition> resumeState, BridgeOptions? options) =>
        _plan.Build(resumeState, BridgeSettings.Check(options), null, hearsCommits: true);
}
