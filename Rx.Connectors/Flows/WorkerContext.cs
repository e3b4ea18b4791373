using System.Reactive.Concurrency;

namespace Rx.Connectors.Flows;

/// <summary>What the steps of one worker share while a flow runs.</summary>
internal sealed class WorkerContext(string flow, int workerIndex, int workerCount, IScheduler scheduler, FlowMetrics metrics)
{
    private readonly Dictionary<object, object> _receivers = new(ReferenceEqualityComparer.Instance);
    private readonly List<ISinkRunner> _sinks = [];

    public string Flow => flow;

    public int WorkerIndex => workerIndex;

    public int WorkerCount => workerCount;

    public IScheduler Scheduler => scheduler;

    public FlowMetrics Metrics => metrics;

    /// <summary>The sink partitions so far. May be read from any thread, also while they are added.</summary>
    public IReadOnlyList<ISinkRunner> Sinks
    {
        get
        {
            lock (_sinks)
            {
                return [.. _sinks];
            }
        }
    }

    /// <summary>The source partition whose items are on their way, for errors.</summary>
    public string? Partition { get; set; }

    public void Add(ISinkRunner sink)
    {
        lock (_sinks)
        {
            _sinks.Add(sink);
        }
    }

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

    /// <summary>Writes what the last poll led to.</summary>
    public void Flush()
    {
        foreach (var sink in _sinks)
        {
            sink.Flush();
        }
    }
}

/// <summary>A step and where it runs: names errors.</summary>
internal readonly struct StepContext(WorkerContext worker, string stepId)
{
    public WorkerContext Worker => worker;

    public string StepId => stepId;

    public FlowException Failed(Exception error) =>
        new(worker.Flow, stepId, worker.Partition, "the step failed", null, error);
}
