using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Flows;

/// <summary>
/// Polls partitions and writes what they give. It is an action that schedules itself, so that the same code runs on a thread
/// of its own and in virtual time; between rounds it leaves the scheduler to others, and while nothing is due it is not
/// scheduled at all (rule F2).
/// </summary>
internal sealed class Worker
{
    // How soon a partition that can neither tell a time nor signal is asked again after it had nothing.
    private static readonly TimeSpan _blindPause = TimeSpan.FromMilliseconds(1);

    private readonly Dataflow _flow;
    private readonly WorkerContext _context;
    private readonly IScheduler _scheduler;
    private readonly Action<FlowOutcome, Exception?> _finished;
    private readonly ConcurrentQueue<SourceRunner> _signals = new();
    private readonly SerialDisposable _timer = new();
    private readonly Agenda _agenda = new();
    private volatile SourceRunner[] _runners = [];
    private int _running;
    private long _timerAt = long.MaxValue;
    private int _roundScheduled;
    private int _turns;
    private bool _isOpen;
    private volatile bool _stopping;
    private volatile bool _ended;

    public Worker(Dataflow flow, WorkerContext context, Action<FlowOutcome, Exception?> finished)
    {
        _flow = flow;
        _context = context;
        _scheduler = context.Scheduler;
        _finished = finished;
    }

    /// <summary>The source partitions, once they are built. May be read from any thread.</summary>
    public IReadOnlyList<SourceRunner> Sources => _runners;

    public IReadOnlyList<ISinkRunner> Sinks => _context.Sinks;

    public void Start() => ScheduleRound();

    public void Stop()
    {
        _stopping = true;
        ScheduleRound();
    }

    private void Open()
    {
        _isOpen = true;
        foreach (var sink in _flow.Sinks)
        {
            sink.Prepare(_context);
        }

        // Everything is asked for and checked before anything is built.
        var listed = _flow.Sources.Select(source => (Source: source, Keys: source.List(_context))).ToArray();
        foreach (var sink in _flow.Sinks)
        {
            sink.Open(_context);
        }

        Build(listed);
        _running = _runners.Length;
        foreach (var runner in _runners)
        {
            runner.Start();
            runner.Subscribe(() => Signal(runner));
            _agenda.Put(runner, runner.NextAwake?.UtcTicks ?? 0);
        }

        ScheduleRound();
    }

    private void Build(IEnumerable<(ISourceStep Source, IReadOnlyList<string> Keys)> listed)
    {
        var built = new List<SourceRunner>();
        try
        {
            foreach (var (source, keys) in listed)
            {
                foreach (var key in keys)
                {
                    built.Add(source.Build(_context, key));
                }
            }
        }
        finally
        {
            // Also where one could not be built: the others must be closed.
            for (var i = 0; i < built.Count; i++)
            {
                built[i].Order = i;
            }

            _runners = [.. built];
        }
    }

    private void Signal(SourceRunner runner)
    {
        if (Interlocked.Exchange(ref runner.Signalled, 1) == 0)
        {
            _signals.Enqueue(runner);
            ScheduleRound();
        }
    }

    private void ScheduleRound()
    {
        if (!_ended && Interlocked.Exchange(ref _roundScheduled, 1) == 0)
        {
            try
            {
                _scheduler.Schedule(() =>
                {
                    Interlocked.Exchange(ref _roundScheduled, 0);
                    TakeTurn();
                });
            }
            catch (ObjectDisposedException) when (_ended)
            {
                // A last signal that met the end of the run.
            }
        }
    }

    private void TakeTurn()
    {
        // A turn may meet another: in virtual time a sink that waits runs what is due, this too, and a scheduler may have many
        // threads. The one that runs comes first (P4), and is followed by one more for all that it met.
        if (_ended || Interlocked.Increment(ref _turns) > 1)
        {
            return;
        }

        try
        {
            if (_isOpen)
            {
                Round();
            }
            else
            {
                Open();
            }
        }
        catch (Exception error)
        {
            // An exception on the worker's thread would end the process.
            Finish(FlowOutcome.Stopped, error);
        }

        if (Interlocked.Exchange(ref _turns, 0) > 1)
        {
            ScheduleRound();
        }
    }

    private void Round()
    {
        var now = _scheduler.Now.UtcTicks;
        TakeSignals(now);
        foreach (var runner in _agenda.TakeDue(now))
        {
            if (_stopping)
            {
                Finish(FlowOutcome.Stopped, null);
                return;
            }

            Poll(runner);
        }

        if (_running == 0)
        {
            Finish(FlowOutcome.Completed, null);
        }
        else if (_stopping)
        {
            Finish(FlowOutcome.Stopped, null);
        }
        else
        {
            ScheduleNext();
        }
    }

    private void TakeSignals(long now)
    {
        while (_signals.TryDequeue(out var runner))
        {
            Interlocked.Exchange(ref runner.Signalled, 0);
            if (!runner.IsComplete && runner.DueAt > now)
            {
                _agenda.Put(runner, now);
            }
        }
    }

    private void Poll(SourceRunner runner)
    {
        var polled = runner.Poll();
        if (polled == Polled.End)
        {
            Complete(runner);
            return;
        }

        if (runner.NextAwake is { } awake)
        {
            _agenda.Put(runner, awake.UtcTicks);
        }
        else if (polled == Polled.Items)
        {
            _agenda.Put(runner, 0);
        }
        else if (!runner.Signals)
        {
            _agenda.Put(runner, (_scheduler.Now + _blindPause).UtcTicks);
        }
    }

    private void Complete(SourceRunner runner)
    {
        runner.IsComplete = true;
        _running--;
        runner.Unsubscribe();
        runner.Close();
    }

    private void ScheduleNext()
    {
        var next = _agenda.NextTime;
        if (next <= _scheduler.Now.UtcTicks)
        {
            ScheduleRound();
            return;
        }

        // A timer that is set for then already is kept; a round more than needed does no harm, one timer per round would.
        if (next == _timerAt)
        {
            return;
        }

        _timerAt = next;
        _timer.Disposable = next == long.MaxValue
            ? Disposable.Empty
            : _scheduler.Schedule(this, new DateTimeOffset(next, TimeSpan.Zero), static (_, worker) =>
            {
                worker._timerAt = long.MaxValue;
                worker.ScheduleRound();
                return Disposable.Empty;
            });
    }

    private void Finish(FlowOutcome outcome, Exception? error)
    {
        _ended = true;
        _timer.Dispose();
        foreach (var runner in _runners)
        {
            runner.Unsubscribe();
        }

        _finished(outcome, error);
    }
}
