using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What bridged partitions with positions share: values go out, positions stay.</summary>
internal abstract class PositionedPartition<T, TState, TPosition> : StatefulSourcePartition<T, TPosition>
{
    public override DateTimeOffset? NextAwake => Engine.NextAwake;

    public override IObservable<Unit> Available => Engine.Available;

    public override SourceStatus Status => Engine.Status;

    protected abstract BridgeEngine<Positioned<T, TState>, T, Mark<TState>> Engine { get; }

    public override void Start(IScheduler scheduler) => Engine.Start(scheduler);

    public override IReadOnlyList<T>? NextBatch() => Engine.Poll();

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await Engine.WhenClosed().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing) => Engine.Dispose();
}

/// <summary>Straight from the client.</summary>
internal sealed class DirectPartition<T, TState> : PositionedPartition<T, TState, TState>
{
    private readonly DirectLog<T, TState> _log;
    private readonly Action<TState>? _onCommitted;

    public DirectPartition(
        Feed<Positioned<T, TState>> feed, ResumeState<TState> resumeState, BridgeSettings settings, Action<TState>? onCommitted)
    {
        _onCommitted = onCommitted;
        _log = new DirectLog<T, TState>(resumeState);
        Engine = new(feed, settings, _log);
    }

    protected override BridgeEngine<Positioned<T, TState>, T, Mark<TState>> Engine { get; }

    public override ResumeState<TState> Snapshot() => Engine.Read(() => _log.Position);

    public override void OnCommitted(TState position) => _onCommitted?.Invoke(position);
}

/// <summary>Behind a query: the position is what the <see cref="QueryLog{T,TState}"/> can vouch for.</summary>
internal sealed class QueriedPartition<T, TState> : PositionedPartition<T, TState, QueryPosition<TState>>
{
    private readonly QueryLog<T, TState> _log;
    private readonly Action<TState>? _onCommitted;

    public QueriedPartition(
        Func<QueryPassage, Feed<Positioned<T, TState>>> query, ResumeState<QueryPosition<TState>> resumeState,
        BridgeSettings settings, Action<TState>? onCommitted, bool hearsCommits)
    {
        _onCommitted = onCommitted;

        // Whoever waits to hear of a commit may send nothing before, so that there is no second drop that could ask for the poll.
        var dropped = new DropLog<TState>(hearsCommits || onCommitted is not null ? 1 : settings.Capacity, () => Engine!.Nudge());
        var passage = new QueryPassage { Exit = dropped };
        _log = new QueryLog<T, TState>(passage, dropped, resumeState);
        Engine = new(query(passage), settings, _log);
    }

    protected override BridgeEngine<Positioned<T, TState>, T, Mark<TState>> Engine { get; }

    public override ResumeState<QueryPosition<TState>> Snapshot() => Engine.Read(() => _log.Position);

    public override void OnCommitted(QueryPosition<TState> position)
    {
        if (position.Position.TryGetValue(out var client))
        {
            _onCommitted?.Invoke(client);
        }
    }
}
