using System.Reactive.Concurrency;

namespace Rx.Connectors.Flows;

/// <summary>What a worker is to the partitions that it has.</summary>
internal sealed class WorkerContext(RunTerms run, RunControl control, RunEpochs epochs, Worker worker, int index, IScheduler scheduler)
{
    public RunTerms Run => run;

    public RunEpochs Epochs => epochs;

    public Worker Worker => worker;

    public int Index => index;

    public IScheduler Scheduler => scheduler;

    /// <summary>What the worker's thread is in.</summary>
    public WorkerCalls Calls { get; } = new();

    /// <summary>Where the items of a poll go.</summary>
    public WorkerLanes Lanes { get; } = new();

    public string Flow => run.Flow;

    /// <summary>Whether the run has ended, so that nothing more is to be begun.</summary>
    public bool HasEnded => control.HasEnded;

    /// <summary>Cancelled when the run ends without a last commit.</summary>
    public CancellationToken Aborted => control.Aborted;

    public FlowMetrics Metrics => run.Metrics;

    /// <summary>Has somebody's partition built, and names what goes wrong.</summary>
    public TPartition Build<TPartition>(IPartitionRunner of, Func<TPartition?> build)
        where TPartition : class
    {
        try
        {
            return build() ?? throw new InvalidOperationException("null was returned instead of a partition");
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(run.Flow, of.StepId, of.Partition, "the partition could not be built", null, error);
        }
    }
}
