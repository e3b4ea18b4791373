using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>A source written by hand that keeps every rule but one.</summary>
internal sealed class BrokenSource(IObservable<int> client, ResumeState<int> resume, string? breaks)
    : StatefulSourcePartition<int, int>, IObserver<int>
{
    public const int MaxBatchSize = 3;
    public const int Capacity = 500;

    private readonly Queue<int> _waiting = new();
    private readonly Subject<Unit> _signals = new();
    private IScheduler _clock = null!;
    private IDisposable? _subscription;
    private Exception? _error;
    private ResumeState<int> _position = resume;
    private int _received = resume.GetValueOrDefault(0);
    private bool _ended;
    private bool _disposed;

    public Action<int>? SnapshotTaken { get; init; }

    /// <summary>How many items the client was told to forget.</summary>
    public long Acknowledged { get; private set; }

    public override IObservable<Unit> Available => _signals;

    public override void Start(IScheduler scheduler)
    {
        _clock = scheduler;
        try
        {
            _subscription = client.Subscribe(this);
        }
        catch (IOException error)
        {
            OnError(error);
        }
    }

    public override IReadOnlyList<int>? NextBatch()
    {
        ObjectDisposedException.ThrowIf(_disposed && breaks != "S10", this);
        if (breaks == "S1" && _waiting.Count == 0)
        {
            var wait = (ISchedulerWait)((IServiceProvider)_clock).GetService(typeof(ISchedulerWait))!;
            wait.RunUntil(() => _waiting.Count > 0 || _ended, _clock.Now.AddMilliseconds(1), "A poll");
        }

        if (_waiting.Count == 0)
        {
            if (_error is not null)
            {
                ExceptionDispatchInfo.Throw(_error);
            }

            return _ended ? null : [];
        }

        var batch = new List<int>();
        while (_waiting.Count > 0 && (batch.Count < MaxBatchSize || breaks == "S7"))
        {
            batch.Add(_waiting.Dequeue());
        }

        _position = batch[^1] + 1;
        Acknowledged = breaks == "S11" ? batch[^1] + 1 : Acknowledged;
        if (breaks == "S12")
        {
            batch.Reverse();
        }

        return batch;
    }

    public override ResumeState<int> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (breaks == "S13" && _position.HasValue)
        {
            SnapshotTaken?.Invoke(_position.GetValueOrDefault(0));
        }

        return breaks == "S5" && _received > 0 ? _received : _position;
    }

    public override void OnCommitted(int position) => Acknowledged = position;

    public void OnNext(int value)
    {
        if (_ended && breaks != "S9")
        {
            return;
        }

        _received = value + 1;
        if (breaks == "S2" && value % 7 == 3)
        {
            return;
        }

        if (_waiting.Count >= Capacity && breaks != "S6")
        {
            OnError(new InvalidOperationException("There is no room."));
            return;
        }

        _waiting.Enqueue(value);
        if (breaks != "S8" || value % 10 != 5)
        {
            _signals.OnNext(Unit.Default);
        }
    }

    public void OnError(Exception error)
    {
        if (_ended)
        {
            return;
        }

        if (breaks == "S3")
        {
            _waiting.Clear();
        }

        _error = error;
        End();
    }

    public void OnCompleted()
    {
        if (_ended)
        {
            return;
        }

        if (breaks == "S4")
        {
            _waiting.Clear();
        }

        End();
    }

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        try
        {
            _subscription?.Dispose();
        }
        catch (IOException)
        {
            // Whoever disposes can do nothing about it.
        }
    }

    private void End()
    {
        _ended = true;
        _signals.OnNext(Unit.Default);
    }
}
