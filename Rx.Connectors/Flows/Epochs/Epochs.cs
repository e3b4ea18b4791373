using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// Closes the epochs of a run (F3): the workers stop polling, what is on its way is written, every partition is captured, and
/// polling goes on while the positions are committed beside the workers. Then the sources hear of it, and only then may the next
/// epoch be closed. Members may be called from any thread.
/// </summary>
internal sealed partial class Epochs(RunContext run)
{
    private enum Stage
    {
        Running,
        Draining,
        Capturing,
    }

    private readonly Lock _gate = new();
    private readonly List<(ISinkRunner Sink, StoredState First)> _firsts = [];
    private List<StoredState> _changes = [];
    private List<(ISinkRunner Sink, Task Flushed)> _flushes = [];
    private List<TaskCompletionSource<long>> _asking = [];
    private List<TaskCompletionSource<long>> _answering = [];
    private volatile Stage _stage;
    private volatile bool _isFinishing;
    private volatile bool _isLast;
    private FlowOutcome? _outcome;
    private long _since;
    private long _dueAt = ElapsedTime.Never;
    private long _closing;
    private long _items;
    private int _left;
    private bool _isWanted;
    private bool _isCommitting;

    /// <summary>When the epoch is to be closed, in elapsed time; <see cref="ElapsedTime.Never"/> if nothing has happened in it.</summary>
    public long DueAt => Volatile.Read(ref _dueAt);

    /// <summary>Whether each round with a poll is an epoch of its own. Then it is committed before the next round begins.</summary>
    private bool IsEveryRound => run.Settings.EpochInterval == TimeSpan.Zero;

    /// <summary>Whether no more is to be polled for now.</summary>
    public bool IsClosing => _stage == Stage.Draining || _isFinishing;

    /// <summary>Whether the epoch that is closed next, or being closed, is the last. Nothing is polled any more.</summary>
    public bool IsFinishing => _isFinishing;

    /// <summary>Something was polled: the epoch has begun, if it had not.</summary>
    public void Begin(long now)
    {
        // An interval beyond all time means never.
        if (DueAt == ElapsedTime.Never && run.Settings.EpochInterval.Ticks < ElapsedTime.Never - now)
        {
            Interlocked.CompareExchange(ref _dueAt, now + run.Settings.EpochInterval.Ticks, ElapsedTime.Never);
        }
    }

    /// <summary>A round is over.</summary>
    public void EndRound()
    {
        if (IsEveryRound && DueAt != ElapsedTime.Never)
        {
            Request();
        }
    }

    public void CountItems(int count)
    {
        if (run.Settings.EpochItems != long.MaxValue && Interlocked.Add(ref _items, count) >= run.Settings.EpochItems)
        {
            Request();
        }
    }

    /// <summary>Closes the epoch as soon as the one before is committed.</summary>
    public void Request()
    {
        // It is not due any more, or the workers would look again and again while a commit is under way.
        Volatile.Write(ref _dueAt, ElapsedTime.Never);
        lock (_gate)
        {
            _isWanted = true;
        }

        Proceed();
    }

    /// <summary>Closes the epoch, and tells the number of the last one that is then committed.</summary>
    public Task<long> RequestAsync()
    {
        var asking = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _asking.Add(asking);
            _isWanted = true;
        }

        Proceed();
        if (run.HasEnded)
        {
            Abandon(null);
        }

        return asking.Task;
    }

    /// <summary>Closes the last epoch and ends the run.</summary>
    public void Finish(FlowOutcome outcome)
    {
        lock (_gate)
        {
            _outcome ??= outcome;
            // At once, also while a commit is under way that the last epoch has to wait for.
            _isFinishing = true;
            _isWanted = true;
        }

        // A stop does not wait for a client or a store that does not open.
        if (outcome != FlowOutcome.Completed && run.TryStopOpening())
        {
            return;
        }

        Proceed();
        run.Guard.Begin();
    }

    public bool IsDraining(out long closing)
    {
        var draining = _stage == Stage.Draining;
        closing = Volatile.Read(ref _closing);
        return draining;
    }

    public bool IsCapturing(out long closing)
    {
        var capturing = _stage == Stage.Capturing;
        closing = Volatile.Read(ref _closing);
        return capturing;
    }

    /// <summary>Whether a worker that has captured this closing may poll.</summary>
    public bool MayPoll(long captured) => !_isFinishing && (IsEveryRound ? IsAtRest() : _stage switch
    {
        Stage.Running => true,
        Stage.Capturing => captured == Volatile.Read(ref _closing),
        _ => false,
    });

    /// <summary>All that a worker has polled is written.</summary>
    /// <returns>Whether the same holds for every other, so that it is time to capture.</returns>
    public bool Drained()
    {
        lock (_gate)
        {
            if (--_left > 0)
            {
                return false;
            }

            _left = run.Workers.Count;
            _stage = Stage.Capturing;
        }

        run.WakeAll();
        return true;
    }

    /// <summary>A worker has captured its partitions.</summary>
    public void Captured(List<StoredState> changes, List<(ISinkRunner Sink, Task Flushed)> flushes)
    {
        lock (_gate)
        {
            _changes.AddRange(changes);
            _flushes.AddRange(flushes);
            if (--_left > 0)
            {
                return;
            }

            (changes, _changes) = (_changes, []);
            (flushes, _flushes) = (_flushes, []);
            _isCommitting = true;
            _stage = Stage.Running;
        }

        run.Metrics.Paused(run.Elapsed.Since(_since));
        Commit(changes, flushes, run.Clock.Now);
    }

    /// <summary>Does what is to be done next, unless something is being done.</summary>
    public void Proceed()
    {
        (ISinkRunner Sink, StoredState First)[] firsts = [];
        lock (_gate)
        {
            if (_isCommitting || !run.IsOpen || run.HasEnded)
            {
                return;
            }

            // Not while others still capture: their commit would meet this one.
            if (_firsts.Count > 0 && _stage != Stage.Capturing)
            {
                firsts = [.. _firsts];
                _firsts.Clear();
                _isCommitting = true;
            }
            else if (_isWanted && !_isLast && _stage == Stage.Running)
            {
                StartClosing();
            }
            else
            {
                return;
            }
        }

        if (firsts.Length > 0)
        {
            CommitFirsts(firsts);
        }
        else
        {
            run.WakeAll();
        }
    }

    private bool IsAtRest()
    {
        lock (_gate)
        {
            return _stage == Stage.Running && !_isWanted && !_isCommitting;
        }
    }

    private void StartClosing()
    {
        _isWanted = false;
        _isLast = _outcome is not null;
        _left = run.Workers.Count;
        _since = run.Elapsed.Now;
        (_answering, _asking) = (_asking, _answering);
        Volatile.Write(ref _items, 0);
        Volatile.Write(ref _dueAt, ElapsedTime.Never);
        Volatile.Write(ref _closing, _closing + 1);
        _stage = Stage.Draining;
    }
}
