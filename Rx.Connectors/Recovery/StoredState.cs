namespace Rx.Connectors.Recovery;

/// <summary>What kind of step a state belongs to.</summary>
public enum StepKind
{
    /// <summary>A source partition's position.</summary>
    Source = 0,

    /// <summary>A sink partition's position.</summary>
    Sink,
}

/// <summary>The position of one partition, as a store keeps it. It belongs to a step id and a partition key.</summary>
/// <param name="Kind">Whether it is a source's or a sink's.</param>
/// <param name="Step">The step's id.</param>
/// <param name="Partition">The partition's key.</param>
/// <param name="State">The position as JSON; null in a commit takes a stored one away.</param>
public sealed record StoredPosition(StepKind Kind, string Step, string Partition, string? State);

/// <summary>What one epoch commits.</summary>
/// <param name="Number">The epoch's number, from 1, over all executions.</param>
/// <param name="At">When it was closed, on the flow's clock.</param>
/// <param name="Changes">The states that differ from those of the epoch before; the others stay as they are.</param>
public sealed record EpochCommit(long Number, DateTimeOffset At, IReadOnlyList<StoredPosition> Changes);
