using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

internal sealed class WatchedSourcePartition<T, TPosition>(StatefulSourcePartition<T, TPosition> inner, RecordingLane lane)
    : StatefulSourcePartition<T, TPosition>
{
    public override DateTimeOffset? NextAwake => WatchedPolls.NextAwake(inner, lane);

    public override IObservable<Unit>? Available => inner.Available;

    public override SourceStatus Status => inner.Status;

    public override void Start(IScheduler scheduler) => lane.Try(() => inner.Start(scheduler));

    public override IReadOnlyList<T>? NextBatch() => WatchedPolls.NextBatch(inner, lane);

    public override ResumeState<TPosition> Snapshot()
    {
        var position = lane.Try(inner.Snapshot);
        lane.Position(RecordedKind.Snapshot, position);
        return position;
    }

    public override void OnCommitted(TPosition position)
    {
        lane.Note(RecordedKind.Acknowledged, position);
        lane.Try(() => inner.OnCommitted(position));
    }

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return lane.CloseAsync(inner.DisposeAsync);
    }

    protected override void Dispose(bool disposing) => lane.Close(inner.Dispose);
}

internal sealed class WatchedStatelessSourcePartition<T>(StatelessSourcePartition<T> inner, RecordingLane lane)
    : StatelessSourcePartition<T>
{
    public override DateTimeOffset? NextAwake => WatchedPolls.NextAwake(inner, lane);

    public override IObservable<Unit>? Available => inner.Available;

    public override SourceStatus Status => inner.Status;

    public override void Start(IScheduler scheduler) => lane.Try(() => inner.Start(scheduler));

    public override IReadOnlyList<T>? NextBatch() => WatchedPolls.NextBatch(inner, lane);

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return lane.CloseAsync(inner.DisposeAsync);
    }

    protected override void Dispose(bool disposing) => lane.Close(inner.Dispose);
}
