using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A source whose partitions are made by a bridge, each from its key.</summary>
internal sealed class PartitionedSource<T, TPosition>(
    PartitionList keys, Func<string, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build)
    : FixedPartitionedSource<T, TPosition>
{
    public override IReadOnlyList<string> ListPartitions() => keys.Known;

    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) => keys.ListAsync(cancellationToken);

    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) => keys.Changes;

    public override StatefulSourcePartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState) => build(partition, resumeState);
}
