using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>A flow that runs: to be watched, stopped and waited for. All members may be used from any thread.</summary>
public sealed class FlowRun
{
    private readonly TaskCompletionSource<FlowResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncSubject<Unit> _ended = new();
    private readonly FlowSettings _settings;
    private readonly FlowMetrics _metrics;
    private readonly IScheduler _scheduler;
    private readonly EventLoopScheduler? _ownScheduler;
    private readonly Worker _worker;
    private readonly DateTimeOffset _startedAt;
    private CancellationTokenRegistration _stop;

    private FlowRun(Dataflow flow, FlowSettings settings)
    {
        _settings = settings;
        if (settings.Scheduler is null)
        {
            _ownScheduler = new(start => new Thread(start) { Name = $"flow {flow.Name}", IsBackground = true });
        }

        _scheduler = settings.Scheduler ?? _ownScheduler!;
        _startedAt = _scheduler.Now;
        _metrics = new FlowMetrics(flow.Name, () => GetProgress().Sources);
        _worker = new Worker(flow, new WorkerContext(flow.Name, 0, 1, _scheduler, _metrics), Finish);
    }

    /// <summary>Ends with the run. It fails with a <see cref="FlowException"/> that says what failed where, or with the
    /// <see cref="AbortFlowException"/> that stopped the flow.</summary>
    public Task<FlowResult> Completion => _completion.Task;

    /// <summary>
    /// Tells where the run stands, every <see cref="FlowOptions.ProgressInterval"/> and once at the end, and then completes,
    /// before <see cref="Completion"/> does.
    /// Each subscriber has a timer of its own, beside the worker's thread; without subscribers there is none. What an observer
    /// throws is ignored.
    /// </summary>
    public IObservable<FlowProgress> Progress => Observable
        .Interval(_settings.ProgressInterval, _scheduler.Background())
        .Select(_ => GetProgress())
        .TakeUntil(_ended)
        .Concat(Observable.Defer(() => Observable.Return(GetProgress() with { IsLast = true })));

    /// <summary>Where the run stands now.</summary>
    /// <returns>Counts that may be a poll apart from each other, since the worker goes on meanwhile.</returns>
    public FlowProgress GetProgress()
    {
        var now = _scheduler.Now;
        return new FlowProgress(
            now,
            [.. _worker.Sources.Select(source => source.Progress(now))],
            [.. _worker.Sinks.Select(static sink => sink.Progress()).OfType<SinkProgress>()]);
    }

    /// <summary>Stops gracefully: what was polled is written, then everything is closed. Await <see cref="Completion"/>.</summary>
    public void Stop() => _worker.Stop();

    internal static FlowRun Start(Dataflow flow, FlowSettings settings, CancellationToken stop)
    {
        var run = new FlowRun(flow, settings);
        // Before the start, so that the end always finds what to unregister.
        run._stop = stop.UnsafeRegister(static (state, _) => ((FlowRun)state!).Stop(), run);
        run._worker.Start();
        return run;
    }

    private void Finish(FlowOutcome outcome, Exception? error) =>
        new Closing(_worker.Sources, _worker.Sinks).Begin(_scheduler.Background(), _settings.CloseTimeout, notClosed =>
        {
            var progress = GetProgress();
            _metrics.Dispose();
            _stop.Unregister();
            TellTheEnd();
            Complete(outcome, error, progress, notClosed);
            _ownScheduler?.Dispose();
        });

    // Before the run's completion, so that whoever awaits it has seen the last report.
    private void TellTheEnd()
    {
        try
        {
            _ended.OnNext(Unit.Default);
            _ended.OnCompleted();
        }
        catch (Exception)
        {
            // An observer of the progress that throws keeps neither the run from ending nor the worker's thread.
        }
    }

    private void Complete(FlowOutcome outcome, Exception? error, FlowProgress progress, IReadOnlyList<string> notClosed)
    {
        if (error is null)
        {
            _completion.TrySetResult(new FlowResult(
                outcome, progress.ItemsRead, progress.Batches, progress.ItemsWritten, notClosed, progress.At - _startedAt));
        }
        else
        {
            _completion.TrySetException(error);
        }
    }
}
