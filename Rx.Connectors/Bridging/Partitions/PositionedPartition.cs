using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What bridged partitions with positions share: values go out, positions stay.</summary>
internal abstract class PositionedPartition<T, TPosition>(Action<TPosition>? onCommitted) : StatefulSourcePartition<T, TPosition>
{
    public override DateTimeOffset? NextAwake => Engine.NextAwake;

    public override IObservable<Unit> Available => Engine.Available;

    public override SourceStatus Status => Engine.Status;

    protected abstract BridgeEngine<Positioned<T, TPosition>, T, Mark<TPosition>> Engine { get; }

    public override void Start(IScheduler scheduler) => Engine.Start(scheduler);

    public override IReadOnlyList<T>? NextBatch() => Engine.Poll();

    public override void OnCommitted(TPosition position) => onCommitted?.Invoke(position);

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await Engine.WhenClosed().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing) => Engine.Dispose();
}

/// <summary>Straight from the client.</summary>
internal sealed class DirectPartition<T, TPosition> : PositionedPartition<T, TPosition>
{
    private readonly DirectLog<T, TPosition> _log;

    public DirectPartition(
        Feed<Positioned<T, TPosition>> feed, ResumeState<TPosition> resumeState, BridgeSettings settings, Action<TPosition>? onCommitted)
        : base(onCommitted)
    {
        _log = new DirectLog<T, TPosition>(resumeState);
        Engine = new(feed, settings, _log);
    }

    protected override BridgeEngine<Positioned<T, TPosition>, T, Mark<TPosition>> Engine { get; }

    public override ResumeState<TPosition> Snapshot() => Engine.Read(() => _log.Position);
}

/// <summary>Behind a query: the position is what the <see cref="QueryLog{T,TPosition}"/> can vouch for.</summary>
internal sealed class QueriedPartition<T, TPosition> : PositionedPartition<T, TPosition>
{
    private readonly QueryLog<T, TPosition> _log;

    public QueriedPartition(
        Func<QueryPassage, Feed<Positioned<T, TPosition>>> query, ResumeState<TPosition> resumeState,
        BridgeSettings settings, Action<TPosition>? onCommitted, bool hearsCommits)
        : base(onCommitted)
    {
        // Whoever waits to hear of a commit may send nothing before, so that there is no second drop that could ask for the poll.
        var dropped = new DropLog<TPosition>(hearsCommits || onCommitted is not null ? 1 : settings.Capacity, () => Engine!.Nudge());
        var passage = new QueryPassage { Exit = dropped, Resumed = resumeState.Rest?.Memory ?? [] };
        _log = new QueryLog<T, TPosition>(passage, dropped, resumeState);
        Engine = new(query(passage), settings, _log);
    }

    protected override BridgeEngine<Positioned<T, TPosition>, T, Mark<TPosition>> Engine { get; }

    public override ResumeState<TPosition> Snapshot() => Engine.Read(() => _log.Position);
}
