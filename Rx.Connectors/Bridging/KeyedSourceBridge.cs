#pragma warning disable RS0026 // The overloads differ in parameters that are required, so that no call is ambiguous.
using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>Clients of which there is one for each key, without positions, on their way to a source. Immutable.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class KeyedSourceBridge<T>
{
    private readonly Func<string, SourceBridge<T>> _open;

    internal KeyedSourceBridge(Func<string, SourceBridge<T>> open) => _open = open;

    /// <summary>Shapes the items of each key with Rx before they are gathered into batches.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, as in <see cref="SourceBridge{T}.Query{TResult}(Func{IObservable{T}, IObservable{TResult}})"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public KeyedSourceBridge<TResult> Query<TResult>(Func<IObservable<T>, IObservable<TResult>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(key => _open(key).Query(query));
    }

    /// <summary>Shapes the items of each key with Rx, with the clock that its operators are to use.</summary>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <param name="query">The query, of its source and of the flow's scheduler, or the one of <see cref="BridgeOptions.Scheduler"/>.</param>
    /// <returns>The shaped bridge.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public KeyedSourceBridge<TResult> Query<TResult>(Func<IObservable<T>, IScheduler, IObservable<TResult>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(key => _open(key).Query(query));
    }

    /// <summary>Makes a source of a partition for each key, which are spread over the workers.</summary>
    /// <param name="keys">The partitions' keys. Read now.</param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <returns>The source. Its partitions have no positions (<see cref="Unit"/>), and a flow treats it as a source without them: after a
    /// crash or a restart, what was received and not written is lost.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keys"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public FixedPartitionedSource<T, Unit> ToSource(IEnumerable<string> keys, BridgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Over(new PartitionList([.. keys]), options);
    }

    /// <summary>Makes a source of partitions that come and go.</summary>
    /// <param name="keys">All keys there are, as in
    /// <see cref="ResumableSourceBridge{T, TPosition}.ToSource(IObservable{IReadOnlyList{string}}, BridgeOptions, Action{string, TPosition})"/>.</param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <returns>The source, as in <see cref="ToSource(IEnumerable{string}, BridgeOptions)"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keys"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public FixedPartitionedSource<T, Unit> ToSource(IObservable<IReadOnlyList<string>> keys, BridgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Over(new PartitionList(keys), options);
    }

    private PartitionedSource<T, Unit> Over(PartitionList keys, BridgeOptions? options)
    {
        var settings = BridgeSettings.Check(options);
        return new(keys, (key, _) => _open(key).ToKeyed(settings));
    }
}
