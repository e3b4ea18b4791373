using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>A flow that runs: to be watched, stopped and waited for. All members may be used from any thread.</summary>
public sealed class FlowRun
{
    private readonly TaskCompletionSource<FlowResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncSubject<Unit> _ended = new();
    private readonly WorkerThread[] _ownSchedulers = [];
    private readonly RunTerms _run;
    private readonly RunControl _control;
    private readonly RunStore _store = new();
    private readonly SinkTable _sinks = new();
    private readonly WorkerTeam _team = new();
    private readonly StopGuard _guard;
    private readonly RunEpochs _epochs;
    private readonly RunOpening _opening;
    private readonly long _startedAt;
    private CancellationTokenRegistration _stop;

    private FlowRun(FlowPlan flow, FlowOptions options)
    {
        if (options.Scheduler is null)
        {
            _ownSchedulers = [.. Enumerable.Range(0, options.Workers).Select(worker => NewThread(flow, options, worker))];
        }

        IScheduler[] schedulers = options.Scheduler is null
            ? [.. _ownSchedulers] : [.. Enumerable.Repeat(options.Scheduler, options.Workers)];
        _run = new RunTerms(flow.Name, options, new FlowMetrics(flow.Name), schedulers[0]);
        _control = new RunControl(_run.Clock, End);
        _guard = new StopGuard(
            _run, _control, () => _team.Workers.Select(static worker => worker.Context.Calls.Doing), () => _epochs!.Commits.UnderWay);
        _epochs = new RunEpochs(_run, _control, _store, _guard, _team) { OnOpen = () => _started.TrySetResult() };
        var open = new OpenSources(options.Workers, () => _epochs.Finish(FlowOutcome.Completed));
        _team.Take([.. schedulers.Select((scheduler, i) => new Worker(_run, _control, _epochs, open, i, scheduler))]);
        _opening = new RunOpening(flow, _run, _control, _store, open, _team, _sinks);
        _startedAt = _run.Elapsed.Now;
        _run.Metrics.Begin(GetProgress);
    }

    /// <summary>
    /// Ends when every worker has built the source partitions that the run begins with, and has subscribed to them: what a client
    /// sends from then on is not missed. Two kinds of partitions do not hold it up: one whose start has failed and is to be tried
    /// again, and a bridge whose client takes more than a second to be subscribed to. The task fails with the run's error where the
    /// run fails before, and is cancelled where the run ends otherwise before.
    /// </summary>
    public Task Started => _started.Task;

    /// <summary>Ends with the run. It fails with a <see cref="FlowException"/> that says what failed where, or with the
    /// <see cref="AbortFlowException"/> that stopped the flow.</summary>
    public Task<FlowResult> Completion => _completion.Task;

    /// <summary>
    /// Tells where the run stands, every <see cref="FlowOptions.ProgressInterval"/> and once at the end, and then completes,
    /// before <see cref="Completion"/> does.
    /// Each subscriber has a timer of its own, beside the workers' threads; without subscribers there is none. What an observer
    /// throws is ignored.
    /// </summary>
    public IObservable<FlowProgress> Progress => _run.Background
        .Every(_run.Options.ProgressInterval)
        .Select(_ => GetProgress())
        .TakeUntil(_ended)
        .Concat(Observable.Defer(() => Observable.Return(NewProgress(isLast: true))));

    /// <summary>Where the run stands now.</summary>
    /// <returns>Counts that may be a poll apart from each other, since the workers go on meanwhile.</returns>
    public FlowProgress GetProgress() => NewProgress(isLast: false);

    /// <summary>From where the run resumes, and which stored positions nobody asks for; null without a store, and until it is
    /// loaded.</summary>
    public ResumeReport? Resume => _store.Resume;

    /// <summary>Whether the run is about to end, because it was stopped or because its sources are complete.</summary>
    public bool IsStopping => _epochs.State.IsFinishing;

    /// <summary>
    /// Stops gracefully (rule F4): what was polled is written, the last epoch is committed, sources hear of it, and everything is
    /// closed. Await <see cref="Completion"/>.
    /// </summary>
    public void Stop() => _epochs.Finish(FlowOutcome.Stopped);

    /// <summary>
    /// Ends the run at once: no last snapshot, no commit, no acks. A write that is under way is cancelled by closing its sink.
    /// The next run resumes from the last epoch that was committed.
    /// </summary>
    public void Abort() => _control.Abort();

    /// <summary>Closes the epoch now, whatever <see cref="FlowOptions.EpochInterval"/> says.</summary>
    /// <returns>A task that ends when what was polled before the call is written and committed, with the number of the last
    /// committed epoch (0 without a store).</returns>
    /// <exception cref="InvalidOperationException">Through the task: the run has ended before.</exception>
    public Task<long> CloseEpochAsync() => _epochs.RequestAsync();

    internal static FlowRun Start(FlowPlan flow, FlowOptions options, CancellationToken stop)
    {
        var run = new FlowRun(flow, options);
        // Before the start, so that the end always finds what to unregister.
        run._stop = stop.UnsafeRegister(static (state, _) => ((FlowRun)state!).Stop(), run);
        _ = run._run.Clock.RunInBackground(run._opening.RunAsync);
        return run;
    }

    private static WorkerThread NewThread(FlowPlan flow, FlowOptions options, int worker) =>
        new(options.Workers == 1 ? $"flow {flow.Name}" : $"flow {flow.Name}, worker {worker}");

    private FlowProgress NewProgress(bool isLast)
    {
        var now = _run.Clock.Now;
        return new FlowProgress
        {
            At = now,
            Sources = [.. _team.Workers.SelectMany(static worker => worker.Sources.All).Select(source => source.Progress(now))],
            Sinks = [.. _sinks.All.Select(sink => sink.Progress(now)).OfType<SinkProgress>()],
            Epochs = _epochs.Commits.Progress,
            IsLast = isLast,
        };
    }

    private void End(FlowOutcome outcome, Exception? error)
    {
        _guard.End();
        _team.End();
        EndStart(error);
        new RunClosing(_run, _control, _store, _epochs.Commits, _team, _sinks, _opening).Begin(left => Finish(outcome, error, left));
        _epochs.Abandon(error);
    }

    private void EndStart(Exception? error)
    {
        if (error is null)
        {
            _started.TrySetCanceled();
        }
        else if (_started.TrySetException(error))
        {
            // Whoever does not ask for it hears of it by the completion.
            _ = _started.Task.Exception;
        }
    }

    private void Finish(FlowOutcome outcome, Exception? error, IReadOnlyList<CallOut> left)
    {
        var progress = GetProgress();
        _run.Metrics.End(progress);
        _stop.Unregister();
        // Before the run's completion, so that whoever awaits it has seen the last report.
        if (!_ended.HasObservers)
        {
            TellTheEnd();
            Complete(outcome, error, progress, CallOuts.Describe(left));
            return;
        }

        var tell = new CallOut("progress", "telling the observers of Progress", TellTheEnd);
        new CallOuts(_run.Clock, _run.Options.CloseTimeout, [tell]).Begin(
            untold => Complete(outcome, error, progress, CallOuts.Describe([.. left, .. untold])));
    }

    private void TellTheEnd()
    {
        try
        {
            _ended.OnNext(Unit.Default);
            _ended.OnCompleted();
        }
        catch (Exception)
        {
            // An observer of the progress that throws keeps the run from nothing.
        }
    }

    private void Complete(FlowOutcome outcome, Exception? error, FlowProgress progress, Leftovers left)
    {
        if (error is null)
        {
            _completion.TrySetResult(new FlowResult
            {
                Outcome = outcome,
                ItemsRead = progress.ItemsRead,
                Batches = progress.Batches,
                ItemsWritten = progress.ItemsWritten,
                NotClosed = left.Names,
                NotClosedDetails = left.Details,
                Elapsed = _run.Elapsed.Since(_startedAt),
                Epochs = progress.Epochs,
                Resume = _store.Resume,
            });
        }
        else
        {
            (error as FlowException)?.Leave(left);
            _completion.TrySetException(error);
        }

        foreach (var scheduler in _ownSchedulers)
        {
            scheduler.Dispose();
        }
    }
}
