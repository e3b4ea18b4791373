namespace Rx.Connectors.Flows;

/// <summary>Where a run stands.</summary>
/// <param name="At">The time on the run's clock.</param>
/// <param name="Sources">The source partitions, in the order in which they are polled.</param>
/// <param name="Sinks">The sink partitions that are built: at the first write, or at the start.</param>
/// <param name="Epochs">What was committed.</param>
/// <param name="IsLast">Whether the run is over, and this the last report of <see cref="FlowRun.Progress"/>.</param>
public sealed record FlowProgress(
    DateTimeOffset At, IReadOnlyList<SourceProgress> Sources, IReadOnlyList<SinkProgress> Sinks, EpochProgress Epochs,
    bool IsLast = false)
{
    /// <summary>Items that were polled, of all sources.</summary>
    public long ItemsRead => Sources.Sum(static source => source.Items);

    /// <summary>Polls that had items.</summary>
    public long Batches => Sources.Sum(static source => source.Batches);

    /// <summary>Items whose write was confirmed, of all sinks.</summary>
    public long ItemsWritten => Sinks.Sum(static sink => sink.Items);
}

/// <summary>Where a source partition stands.</summary>
/// <param name="Step">The step's id.</param>
/// <param name="Partition">The partition's key; the worker's number for a dynamic source.</param>
/// <param name="Items">Items that were polled.</param>
/// <param name="Batches">Polls that had items.</param>
/// <param name="Waiting">Items received and not yet polled: the queue's depth.</param>
/// <param name="Dropped">Items that an overflow policy dropped.</param>
/// <param name="Lag">How long the oldest waiting batch has been there; zero if nothing waits.</param>
/// <param name="IsComplete">Whether it has ended.</param>
/// <param name="Restarts">How often it was built again after a failure.</param>
public sealed record SourceProgress(
    string Step, string Partition, long Items, long Batches, int Waiting, long Dropped, TimeSpan Lag, bool IsComplete, int Restarts);

/// <summary>Where a sink partition stands.</summary>
/// <param name="Step">The step's id.</param>
/// <param name="Partition">The partition's key; the worker's number for a dynamic sink.</param>
/// <param name="Items">Items whose write was confirmed.</param>
/// <param name="Batches">Batches whose write was confirmed.</param>
public sealed record SinkProgress(string Step, string Partition, long Items, long Batches)
{
    /// <summary>How many items are being written: those of the batch that the partition was given and has not confirmed yet. It is
    /// told also while the write blocks its worker's thread.</summary>
    public int Writing { get; init; }

    /// <summary>Since when, on the run's clock; null while nothing is being written.</summary>
    public DateTimeOffset? WritingSince { get; init; }

    /// <summary>For how long; zero while nothing is being written.</summary>
    public TimeSpan WritingFor { get; init; }
}

/// <summary>Where a run's epochs stand.</summary>
/// <param name="Last">The number of the last epoch that was committed, over all runs; 0 if there is none, or no store.</param>
/// <param name="Committed">How many this run has committed. An epoch in which nothing has changed needs no commit.</param>
/// <param name="FailedCommits">How many attempts to commit have failed.</param>
/// <param name="LastFailure">What the last failed attempt said; null if none has failed.</param>
public sealed record EpochProgress(long Last, long Committed, long FailedCommits, string? LastFailure);
