using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A client on its way to a polled partition. Immutable; make as many partitions of it as needed.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class SourceBridge<T>
{
    private readonly Feed<T> _feed;

    internal SourceBridge(Feed<T> feed) => _feed = feed;

    /// <summary>Shapes the items with Rx before they are gathered into batches.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">
    /// The query, composed when a partition starts. It may subscribe to its source once (<c>Publish</c> shares it). While the
    /// bridge is full an asynchronous client is not pulled; what the query's own operators hold (<c>ObserveOn</c>,
    /// <c>Delay</c>, the parts of one flattened item) still comes in and is kept.
    /// </param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public SourceBridge<TResult> Query<TResult>(Func<IObservable<T>, IObservable<TResult>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Query((source, _) => query(source));
    }

    /// <summary>As <see cref="Query{TResult}(Func{IObservable{T}, IObservable{TResult}})"/>, with the clock that its operators are to use.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler, or the one of <see cref="BridgeOptions.Scheduler"/>. An
    /// operator with a time that is given no scheduler takes Rx's default one, which is no other than the real time.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public SourceBridge<TResult> Query<TResult>(Func<IObservable<T>, IScheduler, IObservable<TResult>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Through<TResult>((source, scheduler, target) => Subscription.To(query(source, scheduler), target));
    }

    /// <summary>Shapes the items with Rx, batches included: they are handed out as the query gathers them.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler. Rx's <c>Buffer</c> throws its open buffer away on an
    /// error; prefer <see cref="BridgeOptions.MaxBatchSize"/> and <see cref="BridgeOptions.MaxBatchDelay"/> where they do.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public SourceBridge<TResult> QueryBatches<TResult>(Func<IObservable<T>, IScheduler, IObservable<IList<TResult>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Through<TResult>((source, scheduler, target) => Subscription.To(query(source, scheduler), new BatchObserver<TResult>(target)));
    }

    /// <summary>Makes a partition.</summary>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <returns>A partition that opens its client at <c>Start</c>, or at the first poll of a host that does not call it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public StatelessSourcePartition<T> ToPartition(BridgeOptions? options = null) =>
        new BridgedPartition<T>(_feed, BridgeSettings.Check(options));

    /// <summary>Makes a source of which the first worker reads everything and the others nothing.</summary>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public DynamicSource<T> ToSource(BridgeOptions? options = null) =>
        new BridgedSource<T>(_feed, BridgeSettings.Check(options));

    /// <summary>A partition for each key, none of which has a position.</summary>
    internal StatefulSourcePartition<T, Unit> ToKeyed(BridgeSettings settings) => new KeyedPartition<T>(_feed, settings);

    private SourceBridge<TResult> Through<TResult>(Func<IObservable<T>, IScheduler, IFeedTarget<TResult>, FeedConnection> subscribe) =>
        new(new QueryFeed<T, T, TResult>(
            _feed, (demand, scheduler, fail) => new ValueEntry<T>(_feed, demand, scheduler, fail), subscribe));
}
