using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

public sealed partial class Recording
{
    /// <summary>
    /// Records the partitions of a source, each as <c>step/partition</c>: what it is built from, each poll with its batch, also one
    /// that gave nothing, awake times, snapshots, acks, failures, its end and when it is closed.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A partition's position.</typeparam>
    /// <param name="source">The source.</param>
    /// <returns>The same source, to use instead.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public FixedPartitionedSource<T, TPosition> Watch<T, TPosition>(FixedPartitionedSource<T, TPosition> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new WatchedSource<T, TPosition>(source, LaneOf);
    }

    /// <summary>As <see cref="Watch{T,TPosition}(FixedPartitionedSource{T,TPosition})"/>, each worker's share as <c>step/worker</c>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="source">The source.</param>
    /// <returns>The same source, to use instead.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public DynamicSource<T> Watch<T>(DynamicSource<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new WatchedDynamicSource<T>(source, LaneOf);
    }

    /// <summary>Records one partition, as a test polls it without a flow.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="partition">The partition.</param>
    /// <param name="lane">What to record it as.</param>
    /// <returns>The same partition, to use instead.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public StatefulSourcePartition<T, TPosition> Watch<T, TPosition>(StatefulSourcePartition<T, TPosition> partition, string lane)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return new WatchedSourcePartition<T, TPosition>(partition, LaneOf(lane));
    }

    /// <summary>Records one partition, as a test polls it without a flow.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="partition">The partition.</param>
    /// <param name="lane">What to record it as.</param>
    /// <returns>The same partition, to use instead.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public StatelessSourcePartition<T> Watch<T>(StatelessSourcePartition<T> partition, string lane)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return new WatchedStatelessSourcePartition<T>(partition, LaneOf(lane));
    }
}
