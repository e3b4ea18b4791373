using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What bridged partitions with positions share: values go out, positions stay.</summary>
internal abstract class PositionedPartition<T, TState, TPosition>
    : StatefulSourcePartition<T, TPosition>, IBatchTaker<Positioned<T, TState>>
{
    private T[] _batch = [];
    private int _taken;

    public override DateTimeOffset? NextAwake => Engine.NextAwake;

    public override IObservable<Unit> Available => Engine.Available;

    public override SourceStatus Status => Engine.Status;

    protected abstract BridgeEngine<Positioned<T, TState>> Engine { get; }

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

    public abstract bool NeedsNoCheck(in Positioned<T, TState> item);

    public abstract int Accept(Span<Positioned<T, TState>> items);

    public abstract bool Accept(ref Positioned<T, TState> item, out Exception? error);

    public virtual void Polling()
    {
    }

    public virtual void Failed()
    {
    }

    public void Begin(int count)
    {
        _batch = GC.AllocateUninitializedArray<T>(count);
        _taken = 0;
    }

    public void Take(ReadOnlySpan<Positioned<T, TState>> items)
    {
        var batch = _batch.AsSpan(_taken, items.Length);
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = items[i].Value;
        }

        _taken += items.Length;
        HandedOut(items);
    }

    public abstract void End(RingQueue<Positioned<T, TState>> rest);

    protected abstract void HandedOut(ReadOnlySpan<Positioned<T, TState>> items);

    protected abstract ResumeState<TPosition> ReadPosition();

    protected override void Dispose(bool disposing) => Engine.Dispose();
}

/// <summary>Straight from the client: the position is the last item's.</summary>
internal sealed class DirectPartition<T, TState> : PositionedPartition<T, TState, TState>
{
    private readonly Action<TState>? _onCommitted;
    private ResumeState<TState> _position;

    public DirectPartition(
        Feed<Positioned<T, TState>> feed, ResumeState<TState> resumeState, BridgeSettings settings, Action<TState>? onCommitted)
    {
        _position = resumeState;
        _onCommitted = onCommitted;
        Engine = new BridgeEngine<Positioned<T, TState>>(feed, settings, this);
    }

    protected override BridgeEngine<Positioned<T, TState>> Engine { get; }

    public override bool NeedsNoCheck(in Positioned<T, TState> item) => true;

    public override int Accept(Span<Positioned<T, TState>> items) => items.Length;

    public override bool Accept(ref Positioned<T, TState> item, out Exception? error)
    {
        error = null;
        return true;
    }

    public override void End(RingQueue<Positioned<T, TState>> rest)
    {
    }

    public override void OnCommitted(TState position) => _onCommitted?.Invoke(position);

    protected override void HandedOut(ReadOnlySpan<Positioned<T, TState>> items) => _position = items[^1].Position;

    protected override ResumeState<TState> ReadPosition() => _position;
}

/// <summary>Behind a query: the position is what the <see cref="QueryLog{T,TState}"/> can vouch for.</summary>
internal sealed class QueriedPartition<T, TState> : PositionedPartition<T, TState, QueryPosition<TState>>
{
    private readonly QueryLog<T, TState> _log;
    private readonly Action<TState>? _onCommitted;

    public QueriedPartition(
        Func<QueryPassage, Feed<Positioned<T, TState>>> query, ResumeState<QueryPosition<TState>> resumeState,
        BridgeSettings settings, Action<TState>? onCommitted)
    {
        _onCommitted = onCommitted;
        var dropped = new DroppedRun<TState>(settings.Capacity, () => Engine!.Nudge());
        var passage = new QueryPassage { Exit = dropped };
        _log = new QueryLog<T, TState>(passage, dropped, resumeState);
        Engine = new BridgeEngine<Positioned<T, TState>>(query(passage), settings, this);
    }

    protected override BridgeEngine<Positioned<T, TState>> Engine { get; }

    public override bool NeedsNoCheck(in Positioned<T, TState> item) => _log.NeedsNoCheck(item);

    public override int Accept(Span<Positioned<T, TState>> items) => _log.Accept(items);

    public override void Polling() => _log.Polling();

    public override bool Accept(ref Positioned<T, TState> item, out Exception? error) => _log.Accept(ref item, out error);

    public override void Failed() => _log.Failed();

    public override void End(RingQueue<Positioned<T, TState>> rest) => _log.Polled(rest);

    public override void OnCommitted(QueryPosition<TState> position)
    {
        if (position.Position.TryGetValue(out var client))
        {
            _onCommitted?.Invoke(client);
        }
    }

    protected override void HandedOut(ReadOnlySpan<Positioned<T, TState>> items) => _log.HandedOut(items);

    protected override ResumeState<QueryPosition<TState>> ReadPosition() => _log.Position;
}
