using System.Reactive.Concurrency;

namespace Rx.Connectors.Flows;

/// <summary>What the steps of one worker share while a flow runs.</summary>
internal sealed class WorkerContext(RunContext run, int workerIndex, IScheduler scheduler)
{
    private readonly Dictionary<object, object> _receivers = new(ReferenceEqualityComparer.Instance);
    private readonly List<ILane> _filled = [];
    private volatile IPartitionRunner? _in;
    private volatile string? _what;
    private volatile string? _step;
    private int _calls;
    private SourceRunner? _origin;
    private Shipment? _shipment;

    public RunContext Run => run;

    public string Flow => run.Flow;

    public int WorkerIndex => workerIndex;

    public int WorkerCount => run.Settings.Workers;

    public IScheduler Scheduler => scheduler;

    public FlowMetrics Metrics => run.Metrics;

    public Worker Worker => run.Workers[workerIndex];

    /// <summary>What intervals go by; from any thread.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(run.Elapsed.Now);

    /// <summary>What of somebody else's the worker's thread is in; null for nothing. From any thread, also while it blocks there.</summary>
    public Doing? Doing => _in is { } of && _what is { } what
        ? _step is { } step ? new Doing(step, of.Partition, "in the step", Volatile.Read(ref _calls), IsWrite: false)
        : new Doing(of.StepId, of.Partition, what, Volatile.Read(ref _calls), what == Doing.Writing)
        : null;

    /// <summary>The source partition whose items are on their way, for errors.</summary>
    public string? Partition { get; set; }

    public IReceiver<T> ReceiverOf<T>(object stream, Func<IReceiver<T>> make)
    {
        if (_receivers.TryGetValue(stream, out var known))
        {
            return (IReceiver<T>)known;
        }

        var receiver = make();
        _receivers.Add(stream, receiver);
        return receiver;
    }

    /// <summary>The worker's thread goes into a partition.</summary>
    public void Enter(IPartitionRunner of, string what)
    {
        _step = null;
        _in = of;
        _what = what;
        Volatile.Write(ref _calls, _calls + 1);
    }

    /// <summary>It goes into a step, with an item of the partition that it has polled.</summary>
    public void Enter(string step)
    {
        _step = step;
        _calls++;
    }

    /// <summary>It is out of both.</summary>
    public void Leave() => _what = null;

    /// <summary>A lane has its first item of this poll.</summary>
    public void Fill(ILane lane) => _filled.Add(lane);

    /// <summary>Writes what the last poll led to, or sends it to where it is written.</summary>
    public void Flush(SourceRunner origin)
    {
        _origin = origin;
        foreach (var lane in _filled)
        {
            lane.Flush();
        }

        _filled.Clear();
        _shipment = null;
    }

    /// <summary>What the last poll sends elsewhere, all of it together.</summary>
    public Shipment Ship()
    {
        if (_shipment is null)
        {
            _shipment = new Shipment(_origin!);
            Worker.Sent(_origin!);
        }

        return _shipment;
    }
}

/// <summary>What one worker sends to one sink partition, its own or another's.</summary>
internal interface ILane
{
    void Flush();
}

internal interface ILane<in T> : ILane
{
    void Add(T item);
}

/// <summary>A step and where it runs: names errors.</summary>
internal readonly struct StepContext(WorkerContext worker, string stepId)
{
    public WorkerContext Worker => worker;

    public string StepId => stepId;

    public void Enter() => worker.Enter(stepId);

    public FlowException Failed(Exception error) =>
        new(worker.Flow, stepId, worker.Partition, "the step failed", null, error);
}
