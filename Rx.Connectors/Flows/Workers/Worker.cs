using System.Collections.Concurrent;
using System.Reactive.Concurrency;

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

    private readonly ConcurrentQueue<IWorkerMessage> _messages = new();
    private readonly RunTerms _run;
    private readonly RunControl _control;
    private readonly RunEpochs _epochs;
    private readonly OpenSources _open;
    private readonly IScheduler _scheduler;
    private readonly WorkerTurns _turns;
    private readonly WorkerTimer _timer;
    private readonly WorkerEpochs _closing;

    public Worker(RunTerms run, RunControl control, RunEpochs epochs, OpenSources open, int index, IScheduler scheduler)
    {
        (_run, _control, _epochs, _open, _scheduler) = (run, control, epochs, open, scheduler);
        Context = new WorkerContext(run, control, epochs, this, index, scheduler);
        _turns = new WorkerTurns(scheduler, control, Context.Calls, Round);
        _timer = new WorkerTimer(scheduler, run.Elapsed, Wake);
        Due = new DueSources(run.Options.ExchangeCapacity, Wake);
        Sources = new WorkerSources(Context, epochs, open, Due);
        _closing = new WorkerEpochs(control, epochs, Sources, Due);
    }

    public WorkerContext Context { get; }

    public WorkerSources Sources { get; }

    public DueSources Due { get; }

    /// <summary>Over when the run has ended and the worker's thread has come back from all that it had begun.</summary>
    public Task LastTurn => _turns.Last;

    /// <summary>Leaves a message, to be handled on the worker's own thread.</summary>
    public void Post(IWorkerMessage message)
    {
        _messages.Enqueue(message);
        Wake();
    }

    public void Wake() => _turns.Wake();

    /// <summary>The run has ended. From any thread.</summary>
    public void End()
    {
        _timer.Dispose();
        _turns.End();
    }

    /// <summary>Builds what the run begins with.</summary>
    public void Open(IReadOnlyList<SourceRunner> sources, IReadOnlyList<ISinkRunner> sinks)
    {
        Sources.Take(sources);
        _closing.Open(sinks);
        Sources.BuildAll();
        _epochs.Opened();
        _open.Leave();
    }

    /// <summary>The epoch that was captured last is durable.</summary>
    public void Committed()
    {
        Sources.Committed();
        _epochs.Heard();
    }

    private void Round()
    {
        _closing.CaptureIfAsked();
        // Those that are here now: others that keep coming are not to keep this worker's own partitions waiting.
        for (var left = _messages.Count; left > 0 && _messages.TryDequeue(out var message); left--)
        {
            // Asked again for each: another worker may have captured since, and what it has sent belongs to the next epoch.
            _closing.CaptureIfAsked();
            message.Handle(this);
        }

        if (!_epochs.State.IsOpen || _control.HasEnded || !_closing.CloseIfAsked())
        {
            return;
        }

        PollDue();
        if (_closing.CloseIfAsked() && !_control.HasEnded)
        {
            _timer.Set(Due.NextTime, _epochs.DueAt);
        }
    }

    private void PollDue()
    {
        var now = _scheduler.Now.UtcTicks;
        if (_timer.WasDateSet(now, out var unset))
        {
            Sources.AskAnew(now, unset);
        }

        if (_run.Elapsed.Now >= _epochs.DueAt)
        {
            _epochs.Request();
        }

        var due = Due.Take(now);
        for (var i = 0; i < due.Count; i++)
        {
            if (_epochs.State.IsClosing || _control.HasEnded)
            {
                Due.PutBack(due, i, now);
                return;
            }

            Poll(due[i]);
            Sources.CloseEpochOfManyEnds();
        }

        Sources.CloseEpochOfEnds();
        _epochs.EndRound();
    }

    private void Poll(SourceRunner runner)
    {
        try
        {
            var polled = runner.Poll();
            if (polled != PollOutcome.Nothing || runner.KeepsPosition)
            {
                _epochs.Begin(_run.Elapsed.Now);
            }

            if (polled == PollOutcome.End)
            {
                Sources.Complete(runner);
                return;
            }

            if (runner.NextAwake is { } awake)
            {
                Due.Put(runner, awake.UtcTicks);
            }
            else if (polled == PollOutcome.Items)
            {
                Due.Put(runner, 0);
            }
            else if (!runner.Signals.MayCome)
            {
                Due.Put(runner, (_scheduler.Now + _blindPause).UtcTicks);
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
