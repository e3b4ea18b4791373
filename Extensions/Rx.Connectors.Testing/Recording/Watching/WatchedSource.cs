using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

internal sealed class WatchedSource<T, TPosition>(
    FixedPartitionedSource<T, TPosition> source, Func<string, object, RecordingLane> lanes) : FixedPartitionedSource<T, TPosition>
{
    public override IReadOnlyList<string> ListPartitions() => source.ListPartitions();

    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) =>
        source.ListPartitionsAsync(workerIndex, workerCount, cancellationToken);

    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) => source.PartitionChanges(scheduler);

    public override StatefulSourcePartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState)
    {
        var lane = lanes(stepId, partition);
        lane.Position(RecordedKind.Opened, resumeState);
        return lane.Try(() => source.BuildPartition(stepId, partition, resumeState)) is { } built
            ? new WatchedSourcePartition<T, TPosition>(built, lane)
            : null!;
    }
}

internal sealed class WatchedDynamicSource<T>(DynamicSource<T> source, Func<string, object, RecordingLane> lanes) : DynamicSource<T>
{
    public override StatelessSourcePartition<T> Build(string stepId, int workerIndex, int workerCount)
    {
        var lane = lanes(stepId, workerIndex);
        lane.Note(RecordedKind.Opened);
        return lane.Try(() => source.Build(stepId, workerIndex, workerCount)) is { } built
            ? new WatchedStatelessSourcePartition<T>(built, lane)
            : null!;
    }
}
