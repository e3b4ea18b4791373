using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Flows;

/// <summary>A sink partition in a worker.</summary>
internal interface ISinkRunner
{
    string StepId { get; }

    string Partition { get; }

    /// <summary>Builds the partition now rather than at its first write.</summary>
    void Open();

    /// <summary>Writes what has come since the last time, and returns when it is written.</summary>
    void Flush();

    /// <summary>What was written; null if the partition was never needed.</summary>
    SinkProgress? Progress();

    ValueTask CloseAsync();
}

/// <summary>Gathers what one poll sends to a partition, and writes it. The partition is built at its first write (P15).</summary>
internal sealed class SinkRunner<T>(StepContext step, string key, Func<SinkPartition<T>> build) : ISinkRunner
{
    private readonly List<T> _items = [];
    private volatile SinkPartition<T>? _partition;
    private long _written;
    private long _batches;

    public string StepId => step.StepId;

    public string Partition => key;

    public void Open() => _ = _partition ?? Build();

    public void Add(T item) => _items.Add(item);

    public void Flush()
    {
        if (_items.Count == 0)
        {
            return;
        }

        var context = step.Worker;
        var partition = _partition ?? Build();
        DateTimeOffset? began = context.Metrics.MeasuresWrites ? context.Scheduler.Now : null;
        try
        {
            partition.WriteBatch(_items);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(
                context.Flow, StepId, key, $"the sink failed after {_written} items in earlier batches", RuleOf(error), error);
        }

        Volatile.Write(ref _written, _written + _items.Count);
        Volatile.Write(ref _batches, _batches + 1);
        context.Metrics.Written(StepId, key, _items.Count, began is null ? null : context.Scheduler.Now - began);
        _items.Clear();
    }

    public SinkProgress? Progress() =>
        _partition is null ? null : new SinkProgress(StepId, key, Volatile.Read(ref _written), Volatile.Read(ref _batches));

    public ValueTask CloseAsync() => _partition?.DisposeAsync() ?? ValueTask.CompletedTask;

    private SinkPartition<T> Build()
    {
        // Known before it is started: it is closed with the others also where it cannot be.
        var partition = _partition = PartitionKeys.Build(step.Worker, StepId, key, build);
        try
        {
            partition.Start(step.Worker.Scheduler);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(step.Worker.Flow, StepId, key, "the sink could not be started", null, error);
        }

        return partition;
    }

    private static string RuleOf(Exception error) => error switch
    {
        SinkWriteException { InnerException: TimeoutException or SchedulerDeadlockException } => "K4",
        _ => "K3",
    };
}
