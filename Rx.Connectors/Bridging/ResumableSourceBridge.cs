#pragma warning disable RS0026 // The overloads differ in parameters that are required, so that no call is ambiguous.
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A client that is opened where a partition resumes, on its way to a source. Immutable.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A position.</typeparam>
public sealed class ResumableSourceBridge<T, TPosition>
{
    private readonly Func<string, ResumeState<TPosition>, PositionedSourceBridge<T, TPosition>> _open;

    internal ResumableSourceBridge(Func<string, ResumeState<TPosition>, PositionedSourceBridge<T, TPosition>> open) => _open = open;

    /// <summary>Shapes the items with Rx before they are gathered into batches; their positions travel along.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, as in <see cref="PositionedSourceBridge{T, TPosition}.Query{TResult}(Func{PositionedObservable{T, TPosition}, IObservable{Positioned{TResult, TPosition}}})"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public ResumableSourceBridge<TResult, TPosition> Query<TResult>(
        Func<PositionedObservable<T, TPosition>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new((key, resume) => _open(key, resume).Query(query));
    }

    /// <summary>Shapes the items with Rx, with the clock that its operators are to use.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler, or the one of <see cref="BridgeOptions.Scheduler"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public ResumableSourceBridge<TResult, TPosition> Query<TResult>(
        Func<PositionedObservable<T, TPosition>, IScheduler, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new((key, resume) => _open(key, resume).Query(query));
    }

    /// <summary>Shapes the items with Rx, batches included: they are handed out as the query gathers them.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public ResumableSourceBridge<TResult, TPosition> QueryBatches<TResult>(
        Func<PositionedObservable<T, TPosition>, IScheduler, IObservable<IList<Positioned<TResult, TPosition>>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new((key, resume) => _open(key, resume).QueryBatches(query));
    }

    /// <summary>Makes a source of one partition.</summary>
    /// <param name="key">The partition's key, under which its position is stored: the same in every run.</param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <param name="onCommitted">Called with the key and with each position that is committed, as in
    /// <see cref="PositionedSourceBridge{T, TPosition}.ToPartition"/>. Default, null: nobody is called.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public FixedPartitionedSource<T, TPosition> ToSource(
        string key, BridgeOptions? options = null, Action<string, TPosition>? onCommitted = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Over(new PartitionList([key]), options, onCommitted);
    }

    /// <summary>Makes a source of a partition for each key, which are spread over the workers.</summary>
    /// <param name="keys">The partitions' keys, under which their positions are stored. Read now.</param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <param name="onCommitted">As in <see cref="ToSource(string, BridgeOptions, Action{string, TPosition})"/>.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keys"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public FixedPartitionedSource<T, TPosition> ToSource(
        IEnumerable<string> keys, BridgeOptions? options = null, Action<string, TPosition>? onCommitted = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Over(new PartitionList([.. keys]), options, onCommitted);
    }

    /// <summary>Makes a source of partitions that come and go.</summary>
    /// <param name="keys">
    /// Sends all keys there are, when it is subscribed to and after each change. A flow subscribes to it beside its workers and waits for
    /// the first list for no longer than its <c>ListTimeout</c>. A partition that is new is built, from its stored position if it has one.
    /// One that is gone is snapshotted and closed, and its position kept. Its end says that nothing changes any more; its error ends the
    /// flow.
    /// </param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <param name="onCommitted">As in <see cref="ToSource(string, BridgeOptions, Action{string, TPosition})"/>.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keys"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public FixedPartitionedSource<T, TPosition> ToSource(
        IObservable<IReadOnlyList<string>> keys, BridgeOptions? options = null, Action<string, TPosition>? onCommitted = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Over(new PartitionList(keys), options, onCommitted);
    }

    private PartitionedSource<T, TPosition> Over(PartitionList keys, BridgeOptions? options, Action<string, TPosition>? onCommitted)
    {
        BridgeSettings.Check(options);
        return new(keys, (key, resume) => _open(key, resume).ToPartition(
            resume, options, onCommitted is null ? null : position => onCommitted(key, position)));
    }
}
