using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A bridged partition without positions.</summary>
internal sealed class BridgedPartition<T> : StatelessSourcePartition<T>, IBatchTaker<T, T>
{
    private readonly BridgeEngine<T, T> _engine;
    private T[] _batch = [];
    private int _taken;

    public BridgedPartition(Feed<T> feed, BridgeSettings settings) => _engine = new BridgeEngine<T, T>(feed, settings, this);

    public override DateTimeOffset? NextAwake => _engine.NextAwake;

    public override IObservable<Unit> Available => _engine.Available;

    public override SourceStatus Status => _engine.Status;

    public override void Start(IScheduler scheduler) => _engine.Start(scheduler);

    public override IReadOnlyList<T>? NextBatch()
    {
        _batch = [];
        return _engine.Take() ? _batch : null;
    }

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await _engine.WhenClosed().ConfigureAwait(false);
    }

    bool IBatchTaker<T, T>.TryPass(in T item, out T queued)
    {
        queued = item;
        return true;
    }

    int IBatchTaker<T, T>.Accept(Span<T> items) => items.Length;

    void IBatchTaker<T, T>.Polling()
    {
    }

    bool IBatchTaker<T, T>.Accept(in T item, out T queued, out Exception? error)
    {
        queued = item;
        error = null;
        return true;
    }

    void IBatchTaker<T, T>.Refused(in T item)
    {
    }

    void IBatchTaker<T, T>.Failed()
    {
    }

    Exception? IBatchTaker<T, T>.Completed() => null;

    void IBatchTaker<T, T>.Begin(int count)
    {
        _batch = GC.AllocateUninitializedArray<T>(count);
        _taken = 0;
    }

    void IBatchTaker<T, T>.Take(ReadOnlySpan<T> items)
    {
        items.CopyTo(_batch.AsSpan(_taken));
        _taken += items.Length;
    }

    void IBatchTaker<T, T>.End(RingQueue<T> rest)
    {
    }

    protected override void Dispose(bool disposing) => _engine.Dispose();
}
