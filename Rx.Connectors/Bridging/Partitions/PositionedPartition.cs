using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What bridged partitions with positions share: values go out, positions stay.</summary>
internal abstract class PositionedPartition<T, TState, TPosition, TQueued>
    : StatefulSourcePartition<T, TPosition>, IBatchTaker<Positioned<T, TState>, TQueued>
{
    private T[] _batch = [];
    private int _taken;

    public override DateTimeOffset? NextAwake => Engine.NextAwake;

    public override IObservable<Unit> Available => Engine.Available;

    public override SourceStatus Status => Engine.Status;

    protected abstract BridgeEngine<Positioned<T, TState>, TQueued> Engine { get; }

    public override void Start(IScheduler scheduler) => Engine.Start(scheduler);

    public override IReadOnlyList<T>? NextBatch()
    {
        _batch = [];
        return Engine.Take() ? _batch : null;
    }

    public override ResumeState<TPosition> Snapshot() => Engine.Read(ReadPosition);

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await Engine.WhenClosed().ConfigureAwait(false);
    }

    public abstract bool TryPass(in Positioned<T, TState> item, out TQueued queued);

    public abstract int Accept(Span<TQueued> items);

    public abstract bool Accept(in Positioned<T, TState> item, out TQueued queued, out Exception? error);

    public virtual void Polling()
    {
    }

    public virtual void Refused(in Positioned<T, TState> item)
    {
    }

    public virtual void Failed()
    {
    }

    public virtual Exception? Completed() => null;

    public void Begin(int count)
    {
        _batch = GC.AllocateUninitializedArray<T>(count);
        _taken = 0;
    }

    public void Take(ReadOnlySpan<TQueued> items)
    {
        HandOut(items, _batch.AsSpan(_taken, items.Length));
        _taken += items.Length;
    }

    public abstract void End(RingQueue<TQueued> rest);

    protected abstract void HandOut(ReadOnlySpan<TQueued> items, Span<T> values);

    protected abstract ResumeState<TPosition> ReadPosition();

    protected override void Dispose(bool disposing) => Engine.Dispose();
}

/// <summary>What waits of an item that came straight from the client.</summary>
internal readonly record struct Received<T, TState>(T Value, TState Position);

/// <summary>Straight from the client: the position is the last item's.</summary>
internal sealed class DirectPartition<T, TState> : PositionedPartition<T, TState, TState, Received<T, TState>>
{
    private readonly Action<TState>? _onCommitted;
    private ResumeState<TState> _position;

    public DirectPartition(
        Feed<Positioned<T, TState>> feed, ResumeState<TState> resumeState, BridgeSettings settings, Action<TState>? onCommitted)
    {
        _position = resumeState;
        _onCommitted = onCommitted;
        Engine = new BridgeEngine<Positioned<T, TState>, Received<T, TState>>(feed, settings, this);
    }

    protected override BridgeEngine<Positioned<T, TState>, Received<T, TState>> Engine { get; }

    public override bool TryPass(in Positioned<T, TState> item, out Received<T, TState> queued)
    {
        queued = new(item.Value, item.Position);
        return true;
    }

    public override int Accept(Span<Received<T, TState>> items) => items.Length;

    public override bool Accept(in Positioned<T, TState> item, out Received<T, TState> queued, out Exception? error)
    {
        queued = new(item.Value, item.Position);
        error = null;
        return true;
    }

    public override void End(RingQueue<Received<T, TState>> rest)
    {
    }

    public override void OnCommitted(TState position) => _onCommitted?.Invoke(position);

    protected override void HandOut(ReadOnlySpan<Received<T, TState>> items, Span<T> values)
    {
        for (var i = 0; i < items.Length; i++)
        {
            values[i] = items[i].Value;
        }

        _position = items[^1].Position;
    }

    protected override ResumeState<TState> ReadPosition() => _position;
}

/// <summary>Behind a query: the position is what the <see cref="QueryLog{T,TState}"/> can vouch for.</summary>
internal sealed class QueriedPartition<T, TState> : PositionedPartition<T, TState, QueryPosition<TState>, Left<T, TState>>
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
        Engine = new BridgeEngine<Positioned<T, TState>, Left<T, TState>>(query(passage), settings, this);
    }

    protected override BridgeEngine<Positioned<T, TState>, Left<T, TState>> Engine { get; }

    public override bool TryPass(in Positioned<T, TState> item, out Left<T, TState> queued) => _log.TryPass(item, out queued);

    public override int Accept(Span<Left<T, TState>> items) => _log.Accept(items);

    public override void Polling() => _log.Polling();

    public override bool Accept(in Positioned<T, TState> item, out Left<T, TState> queued, out Exception? error) =>
        _log.Accept(item, out queued, out error);

    public override void Refused(in Positioned<T, TState> item) => item.DropSilently();

    public override void Failed() => _log.Failed();

    public override Exception? Completed() => _log.Completed();

    public override void End(RingQueue<Left<T, TState>> rest) => _log.Polled(rest);

    public override void OnCommitted(QueryPosition<TState> position)
    {
        if (position.Position.TryGetValue(out var client))
        {
            _onCommitted?.Invoke(client);
        }
    }

    protected override void HandOut(ReadOnlySpan<Left<T, TState>> items, Span<T> values)
    {
        for (var i = 0; i < items.Length; i++)
        {
            values[i] = items[i].Value;
        }

        _log.HandedOut(items);
    }

    protected override ResumeState<QueryPosition<TState>> ReadPosition() => _log.Position;
}
