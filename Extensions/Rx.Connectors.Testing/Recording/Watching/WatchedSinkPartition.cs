using System.Reactive.Concurrency;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

internal sealed class WatchedSinkPartition<T, TPosition>(StatefulSinkPartition<T, TPosition> inner, RecordingLane lane)
    : StatefulSinkPartition<T, TPosition>
{
    public override void Start(IScheduler scheduler) => lane.Try(() => inner.Start(scheduler));

    public override void WriteBatch(IReadOnlyList<T> items) => WatchedWrites.Write(inner, items, lane);

    public override ValueTask FlushAsync(CancellationToken cancellationToken) =>
        WatchedWrites.FlushAsync(inner, lane, cancellationToken);

    public override ResumeState<TPosition> Snapshot()
    {
        var position = lane.Try(inner.Snapshot);
        lane.Position(RecordedKind.Snapshot, position);
        return position;
    }

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return lane.CloseAsync(inner.DisposeAsync);
    }

    protected override void Dispose(bool disposing) => lane.Close(inner.Dispose);
}

internal sealed class WatchedStatelessSinkPartition<T>(StatelessSinkPartition<T> inner, RecordingLane lane) : StatelessSinkPartition<T>
{
    public override void Start(IScheduler scheduler) => lane.Try(() => inner.Start(scheduler));

    public override void WriteBatch(IReadOnlyList<T> items) => WatchedWrites.Write(inner, items, lane);

    public override ValueTask FlushAsync(CancellationToken cancellationToken) =>
        WatchedWrites.FlushAsync(inner, lane, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return lane.CloseAsync(inner.DisposeAsync);
    }

    protected override void Dispose(bool disposing) => lane.Close(inner.Dispose);
}
