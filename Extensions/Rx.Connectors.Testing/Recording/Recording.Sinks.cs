using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;

#pragma warning disable RS0026, RS0027 // The overloads differ in the kind of what they take, so that none can be mistaken for another.
namespace Rx.Connectors.Testing;

public sealed partial class Recording
{
    /// <summary>
    /// Records the partitions of a sink, each as <c>step/partition</c>: what it is built from, each write with its items, what was
    /// confirmed, flushes, snapshots, failures and when it is closed.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A partition's position.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <returns>The same sink, to use instead.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    public FixedPartitionedSink<T, TPosition> Watch<T, TPosition>(FixedPartitionedSink<T, TPosition> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return new WatchedSink<T, TPosition>(sink, LaneOf);
    }

    /// <summary>As <see cref="Watch{T,TPosition}(FixedPartitionedSink{T,TPosition})"/>, each worker's share as <c>step/worker</c>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <returns>The same sink, to use instead.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    public DynamicSink<T> Watch<T>(DynamicSink<T> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return new WatchedDynamicSink<T>(sink, LaneOf);
    }

    /// <summary>
    /// Records what a store is asked: an execution's number and the last epoch, each commit as it begins and as it is durable,
    /// failures, and the end of the execution.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="lane">What to record it as.</param>
    /// <returns>The same store, to use instead.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public IRecoveryStore Watch(IRecoveryStore store, string lane = "store")
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(lane);
        return new WatchedStore(store, () => LaneOf(lane));
    }
}
