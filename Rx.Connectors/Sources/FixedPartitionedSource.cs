using System.Reactive;
using System.Reactive.Concurrency;

namespace Rx.Connectors.Sources;

/// <summary>A source with a known set of partitions, each of which is read by one worker and resumed on its own.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A partition's position; <see cref="Unit"/> where partitions have none, and a flow is to know it.</typeparam>
public abstract class FixedPartitionedSource<T, TPosition>
{
    /// <summary>The keys of the partitions that this worker can read. Called once per run and worker, and again after each
    /// signal of <see cref="PartitionChanges"/>. Override it, or <see cref="ListPartitionsAsync"/>.</summary>
    /// <returns>Keys that are stable over restarts, since positions are stored under them. They must be unique.</returns>
    /// <remarks>The trap: a key made of something that changes, such as a connection's number, loses its position.</remarks>
    public virtual IReadOnlyList<string> ListPartitions() => throw PartitionLists.NotListed(this);

    /// <summary>
    /// As <see cref="ListPartitions"/>, for a client that must be asked, or whose workers see different partitions. This is what a
    /// flow calls; override one of the two. Default: <see cref="ListPartitions"/>.
    /// </summary>
    /// <param name="workerIndex">The worker's number, from 0.</param>
    /// <param name="workerCount">How many workers the flow has.</param>
    /// <param name="cancellationToken">Cancelled when the flow has waited long enough.</param>
    /// <returns>The keys. A key that several workers list is read by one of them.</returns>
    public virtual ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) => new(ListPartitions());

    /// <summary>Tells that partitions may have come or gone, so that they are listed again. Default: null, they never do.</summary>
    /// <param name="scheduler">The flow's clock, for a source that looks again at intervals.</param>
    /// <returns>
    /// Signals, from any thread; false alarms are allowed. A partition that is new is built, from its stored position if it has
    /// one; one that is gone is snapshotted and closed, and its position kept. An error of it ends the flow.
    /// </returns>
    public virtual IObservable<Unit>? PartitionChanges(IScheduler scheduler) => null;

    /// <summary>Builds one partition.</summary>
    /// <param name="stepId">The step of the flow that reads this source.</param>
    /// <param name="partition">One of the keys of <see cref="ListPartitions"/>.</param>
    /// <param name="resumeState">The position of the last committed snapshot, or none: then begin from the beginning.</param>
    /// <returns>A new partition. It must not wait for its client: connecting is part of the work between polls.</returns>
    public abstract StatefulSourcePartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState);
}
