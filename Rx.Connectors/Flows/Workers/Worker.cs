using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// Polls partitions and writes what they give. It is an action that schedules itself, so that the same code runs on a thread
/// of its own and in virtual time; between rounds it leaves the scheduler to others, and while nothing is due it is not
/// scheduled at all (rule F2).
/// </summary>
internal sealed partial class Worker(WorkerContext context)
{
    // An epoch is closed at once when one in so many has ended, for fewer at the end of the round.
    private const int EndsShare = 16;

    // How soon a partition that can neither tell a time nor signal is asked again after it had nothing.
    private static readonly TimeSpan _blindPause = TimeSpan.FromMilliseconds(1);

    private readonly RunContext _run = context.Run;
    private readonly IScheduler _scheduler = context.Scheduler;
    private readonly ElapsedTime _elapsed = context.Run.Elapsed;
    private readonly ConcurrentQueue<SourceRunner> _signals = new();
    private readonly ConcurrentQueue<IWorkerMessage> _messages = new();
    private readonly Agenda _agenda = new();
    private readonly List<SourceRunner> _notClosed = [];
    private readonly Dictionary<(string StepId, string Partition), SourceRunner> _byKey = [];
    private readonly List<(ISourceStep Step, string Partition)> _later = [];
    private readonly TaskCompletionSource _lastTurn = new();
    private volatile SourceRunner[] _runners = [];
    private int _roundScheduled;
    private int _turns;
    private int _onTheWay;
    private int _ends;
    private long _drained;
    private long _captured;

    public WorkerContext Context => context;

    /// <summary>The source partitions so far. May be read from any thread.</summary>
    public IReadOnlyList<SourceRunner> Sources => _runners;

    /// <summary>Over when the run has ended and the worker's thread has come back from all that it had begun.</summary>
    public Task LastTurn => _lastTurn.Task;

    public void Signal(SourceRunner runner)
    {
        if (Interlocked.Exchange(ref runner.Signalled, 1) == 0)
        {
            _signals.Enqueue(runner);
            Wake();
        }
    }

    /// <summary>Leaves a message, to be handled on the worker's own thread.</summary>
    public void Post(IWorkerMessage message)
    {
        _messages.Enqueue(message);
        Wake();
    }

    public void Wake()
    {
        if (!_run.HasEnded && Interlocked.Exchange(ref _roundScheduled, 1) == 0)
        {
            try
            {
                _scheduler.Schedule(() =>
                {
                    Interlocked.Exchange(ref _roundScheduled, 0);
                    TakeTurn();
                });
            }
            catch (ObjectDisposedException) when (_run.HasEnded)
            {
                // A last signal that met the end of the run.
            }
        }
    }

    /// <summary>The run has ended. From any thread.</summary>
    public void End()
    {
        _timer.Dispose();
        // A turn that begins after this sees the end, or this sees the turn.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _turns) == 0)
        {
            EndLastTurn();
        }
    }

    private void EndLastTurn() => NoContext.Run(_lastTurn, static turn => turn.TrySetResult());

    private void TakeTurn()
    {
        // A turn may meet another: in virtual time a sink that waits runs what is due, this too, and a scheduler may have many
        // threads. The one that runs comes first (P4), and is followed by one more for all that it met.
        if (_run.HasEnded || Interlocked.Increment(ref _turns) > 1)
        {
            return;
        }

        try
        {
            // Asked again: who ends the run waits for a turn that has begun, not for one that is about to.
            if (!_run.HasEnded)
            {
                Round();
            }
        }
        catch (Exception error)
        {
            // An exception on the worker's thread would end the process.
            _run.Fail(error);
        }

        context.Leave();
        if (Interlocked.Exchange(ref _turns, 0) > 1)
        {
            Wake();
        }

        if (_run.HasEnded)
        {
            EndLastTurn();
        }
    }

    private void Round()
    {
        CaptureIfAsked();
        // Those that are here now: others that keep coming are not to keep this worker's own partitions waiting.
        for (var left = _messages.Count; left > 0 && _messages.TryDequeue(out var message); left--)
        {
            // Asked again for each: another worker may have captured since, and what it has sent belongs to the next epoch.
            CaptureIfAsked();
            message.Handle(this);
        }

        if (!_run.Epochs.State.IsOpen || _run.HasEnded || !CloseEpochIfAsked())
        {
            return;
        }

        PollDue();
        if (CloseEpochIfAsked() && !_run.HasEnded)
        {
            ScheduleNext();
        }
    }

    private void PollDue()
    {
        var now = _scheduler.Now.UtcTicks;
        LookAtDate(now);
        if (_elapsed.Now >= _run.Epochs.DueAt)
        {
            _run.Epochs.Request();
        }

        TakeSignals(now);
        var due = _agenda.TakeDue(now);
        for (var i = 0; i < due.Count; i++)
        {
            if (_run.Epochs.State.IsClosing || _run.HasEnded)
            {
                PutBack(due, i, now);
                return;
            }

            Poll(due[i]);
            // An epoch costs as much as there are partitions: one for each end would cost the square of those that end together.
            if (_ends * EndsShare >= _notClosed.Count)
            {
                CloseEpochOfEnds();
            }
        }

        CloseEpochOfEnds();
        _run.Epochs.EndRound();
    }

    private void PutBack(List<SourceRunner> due, int from, long now)
    {
        for (var i = from; i < due.Count; i++)
        {
            _agenda.Put(due[i], now);
        }
    }

    private void TakeSignals(long now)
    {
        while (_signals.TryDequeue(out var runner))
        {
            Interlocked.Exchange(ref runner.Signalled, 0);
            if (!runner.IsComplete && runner.DueAt > now)
            {
                Due(runner, now);
            }
        }
    }

    private void Poll(SourceRunner runner)
    {
        try
        {
            var polled = runner.Poll();
            if (polled != Polled.Nothing || runner.KeepsPosition)
            {
                _run.Epochs.Begin(_elapsed.Now);
            }

            if (polled == Polled.End)
            {
                Complete(runner);
                return;
            }

            if (runner.NextAwake is { } awake)
            {
                Due(runner, awake.UtcTicks);
            }
            else if (polled == Polled.Items)
            {
                Due(runner, 0);
            }
            else if (!runner.Signals)
            {
                Due(runner, (_scheduler.Now + _blindPause).UtcTicks);
            }
        }
        catch (FlowException error)
        {
            if (!runner.Restart(error))
            {
                throw;
            }
        }
    }
}
