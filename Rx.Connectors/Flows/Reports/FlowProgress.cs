namespace Rx.Connectors.Flows;

/// <summary>Tells where a run stands.</summary>
public sealed class FlowProgress
{
    internal FlowProgress()
    {
    }

    /// <summary>The time on the run's clock.</summary>
    public DateTimeOffset At { get; internal init; }

    /// <summary>The source partitions, in the order in which they are polled.</summary>
    public IReadOnlyList<SourceProgress> Sources { get; internal init; } = [];

    /// <summary>The sink partitions that are built: at the first write, or at the start.</summary>
    public IReadOnlyList<SinkProgress> Sinks { get; internal init; } = [];

    /// <summary>What was committed.</summary>
    public EpochProgress Epochs { get; internal init; } = new();

    /// <summary>Whether the run is over, and this is the last report of <see cref="FlowRun.Progress"/>.</summary>
    public bool IsLast { get; internal init; }

    /// <summary>How many items were polled, of all sources.</summary>
    public long ItemsRead => Sources.Sum(static source => source.Items);

    /// <summary>How many polls had items.</summary>
    public long Batches => Sources.Sum(static source => source.Batches);

    /// <summary>How many items' writes were confirmed, of all sinks.</summary>
    public long ItemsWritten => Sinks.Sum(static sink => sink.Items);
}

/// <summary>Tells where a source partition stands.</summary>
public sealed class SourceProgress
{
    internal SourceProgress()
    {
    }

    /// <summary>The step's id.</summary>
    public string Step { get; internal init; } = "";

    /// <summary>The partition's key; the worker's number for a dynamic source.</summary>
    public string Partition { get; internal init; } = "";

    /// <summary>How many items were polled.</summary>
    public long Items { get; internal init; }

    /// <summary>How many polls had items.</summary>
    public long Batches { get; internal init; }

    /// <summary>How many items are received and not yet polled: the queue's depth.</summary>
    public int Queued { get; internal init; }

    /// <summary>How many items an overflow policy has dropped.</summary>
    public long Dropped { get; internal init; }

    /// <summary>How long the oldest queued batch has been there; zero if nothing is queued.</summary>
    public TimeSpan Lag { get; internal init; }

    /// <summary>Whether the partition has ended.</summary>
    public bool IsComplete { get; internal init; }

    /// <summary>How often the partition was built again after a failure.</summary>
    public int Restarts { get; internal init; }
}

/// <summary>Tells where a sink partition stands.</summary>
public sealed class SinkProgress
{
    internal SinkProgress()
    {
    }

    /// <summary>The step's id.</summary>
    public string Step { get; internal init; } = "";

    /// <summary>The partition's key; the worker's number for a dynamic sink.</summary>
    public string Partition { get; internal init; } = "";

    /// <summary>How many items' writes were confirmed.</summary>
    public long Items { get; internal init; }

    /// <summary>How many batches' writes were confirmed.</summary>
    public long Batches { get; internal init; }

    /// <summary>How many items are being written: those of the batch that the partition was given and has not confirmed yet. The
    /// number is right also while the write blocks its worker's thread.</summary>
    public int Writing { get; internal init; }

    /// <summary>Since when they are being written, on the run's clock; null while nothing is.</summary>
    public DateTimeOffset? WritingSince { get; internal init; }

    /// <summary>How long they have been being written; zero while nothing is.</summary>
    public TimeSpan WritingFor { get; internal init; }
}

/// <summary>Tells where a run's epochs stand.</summary>
public sealed class EpochProgress
{
    internal EpochProgress()
    {
    }

    /// <summary>The number of the last epoch that was committed, over all runs; 0 if there is none, or no store.</summary>
    public long LastCommittedEpoch { get; internal init; }

    /// <summary>How many epochs this run has committed. An epoch in which nothing has changed needs no commit.</summary>
    public long Committed { get; internal init; }

    /// <summary>How many attempts to commit have failed.</summary>
    public long FailedCommits { get; internal init; }

    /// <summary>The message of the last attempt that failed; null if none has failed.</summary>
    public string? LastFailure { get; internal init; }
}
