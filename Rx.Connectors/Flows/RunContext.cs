using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>What the workers of one run share.</summary>
internal sealed class RunContext : IEpochWorkers
{
    private readonly Dictionary<(string Step, string Partition), object> _last = [];
    private readonly Action<FlowOutcome, Exception?> _finished;
    private ListingCall? _listing;
    private int _sources;
    private int _ended;

    public RunContext(
        string flow, FlowSettings settings, IReadOnlyList<IScheduler> schedulers, FlowMetrics metrics,
        Action<FlowOutcome, Exception?> finished)
    {
        Flow = flow;
        Settings = settings;
        Metrics = metrics;
        Clock = schedulers[0];
        Elapsed = new ElapsedTime(Clock);
        _finished = finished;
        // Until it is open each worker counts as a source, so that the run cannot be complete before it has begun.
        _sources = schedulers.Count;
        Epochs = new Epochs(this);
        Guard = new StopGuard(this);
        Workers = [.. schedulers.Select((scheduler, i) => new Worker(new WorkerContext(this, i, scheduler)))];
    }

    public string Flow { get; }

    public FlowSettings Settings { get; }

    public FlowMetrics Metrics { get; }

    public IScheduler Clock { get; }

    /// <summary>What intervals go by; <see cref="Clock"/> has the date.</summary>
    public ElapsedTime Elapsed { get; }

    /// <summary>Where work goes that must not hold up a worker.</summary>
    public IScheduler Background => Clock.Background();

    public IReadOnlyList<Worker> Workers { get; }

    public Epochs Epochs { get; }

    /// <summary>Watches over the end of the run, once it is to end.</summary>
    public StopGuard Guard { get; }

    /// <summary>The store's side of the run, once it is open; null without a store.</summary>
    public PositionLog? Log { get; set; }

    public ResumeReport? Resume { get; set; }

    /// <summary>The opening of the store, as soon as it has begun; after it <see cref="Log"/> is set, unless it has failed.</summary>
    public Task Loading { get; set; } = Task.CompletedTask;

    /// <summary>The last list that a step was asked for.</summary>
    public ListingCall? Listing
    {
        get => Volatile.Read(ref _listing);
        set => Volatile.Write(ref _listing, value);
    }

    /// <summary>The partitions of all sinks, by step, once they are listed.</summary>
    public Dictionary<object, IReadOnlyList<ISinkRunner>> Sinks { get; } = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<ISinkRunner> AllSinks { get; set; } = [];

    /// <summary>The cancellation of what was under way when the run ended; over when every callback has returned.</summary>
    public Task Cancelling { get; private set; } = Task.CompletedTask;

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Cancelled when the run ends without a last commit.</summary>
    public CancellationTokenSource Aborted { get; } = new();

    public void WakeAll()
    {
        foreach (var worker in Workers)
        {
            worker.Wake();
        }
    }

    public void TellCommitted()
    {
        foreach (var worker in Workers)
        {
            worker.Post(new Durable());
        }
    }

    /// <summary>One more source partition may have items, or one more source may have partitions.</summary>
    public void Enter() => Interlocked.Increment(ref _sources);

    /// <summary>One of them is complete.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _sources) == 0)
        {
            Epochs.Finish(FlowOutcome.Completed);
        }
    }

    /// <summary>Remembers where a partition ended, for the case that it comes back within the run.</summary>
    public void KeepLast<TState>(string step, string partition, ResumeState<TState> position)
    {
        lock (_last)
        {
            _last[(step, partition)] = position;
        }
    }

    public bool TryTakeLast<TState>(string step, string partition, out ResumeState<TState> position)
    {
        lock (_last)
        {
            var known = _last.Remove((step, partition), out var last);
            position = known ? (ResumeState<TState>)last! : ResumeState<TState>.None;
            return known;
        }
    }

    /// <summary>Ends a run that is not open yet: nothing was polled, so that there is nothing to write or to commit.</summary>
    public void GiveUp() => End(FlowOutcome.Stopped, null, cancels: true);

    public void Fail(Exception error) => End(FlowOutcome.Stopped, error);

    public void End(FlowOutcome outcome, Exception? error) => End(outcome, error, error is not null || outcome == FlowOutcome.Aborted);

    private void End(FlowOutcome outcome, Exception? error, bool cancels)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        if (cancels)
        {
            Cancelling = Aborted.CancelBeside(Clock);
        }

        Guard.End();
        foreach (var worker in Workers)
        {
            worker.End();
        }

        _finished(outcome, error);
        Epochs.Abandon(error);
    }

    private sealed class Durable : IWorkerMessage
    {
        public void Handle(Worker worker)
        {
            worker.Committed();
            worker.Context.Run.Epochs.Heard();
        }
    }
}
