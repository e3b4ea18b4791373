using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

internal sealed class WatchedSink<T, TPosition>(FixedPartitionedSink<T, TPosition> sink, Func<string, object, RecordingLane> lanes)
    : FixedPartitionedSink<T, TPosition>
{
    public override IReadOnlyList<string> ListPartitions() => sink.ListPartitions();

    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) =>
        sink.ListPartitionsAsync(workerIndex, workerCount, cancellationToken);

    public override uint HashKey(string key) => sink.HashKey(key);

    public override StatefulSinkPartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState)
    {
        var lane = lanes(stepId, partition);
        lane.Position(RecordedKind.Opened, resumeState);
        return lane.Try(() => sink.BuildPartition(stepId, partition, resumeState)) is { } built
            ? new WatchedSinkPartition<T, TPosition>(built, lane)
            : null!;
    }
}

internal sealed class WatchedDynamicSink<T>(DynamicSink<T> sink, Func<string, object, RecordingLane> lanes) : DynamicSink<T>
{
    public override StatelessSinkPartition<T> Build(string stepId, int workerIndex, int workerCount)
    {
        var lane = lanes(stepId, workerIndex);
        lane.Note(RecordedKind.Opened);
        return lane.Try(() => sink.Build(stepId, workerIndex, workerCount)) is { } built
            ? new WatchedStatelessSinkPartition<T>(built, lane)
            : null!;
    }
}
