using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>How a run has ended, when it has not failed.</summary>
public enum FlowOutcome
{
    /// <summary>All sources are complete and everything is written.</summary>
    Completed = 0,

    /// <summary>The run was stopped; what was polled is written and committed.</summary>
    Stopped,

    /// <summary>The run was aborted; nothing was committed after the last epoch.</summary>
    Aborted,
}

/// <summary>Tells what a run has done.</summary>
public sealed class FlowResult
{
    internal FlowResult()
    {
    }

    /// <summary>How the run has ended.</summary>
    public FlowOutcome Outcome { get; internal init; }

    /// <summary>How many items were polled, of all sources.</summary>
    public long ItemsRead { get; internal init; }

    /// <summary>How many polls had items.</summary>
    public long Batches { get; internal init; }

    /// <summary>How many items' writes were confirmed, of all sinks.</summary>
    public long ItemsWritten { get; internal init; }

    /// <summary>Names what had not closed within <see cref="FlowOptions.CloseTimeout"/>, or failed to: partitions as
    /// <c>step/partition</c>, also those whose poll, step or write had not come back; the step whose <c>PartitionChanges</c> could not
    /// be unsubscribed from; <c>recovery store</c>; <c>cancellation</c> for a callback of the run's token; <c>progress</c> for an
    /// observer of <see cref="FlowRun.Progress"/>.</summary>
    public IReadOnlyList<string> NotClosed { get; internal init; } = [];

    /// <summary>The same as <see cref="NotClosed"/> for people: each with what it was doing, as <c>out/0 (writing)</c>.</summary>
    public IReadOnlyList<string> NotClosedDetails { get; internal init; } = [];

    /// <summary>How long the run took on its clock, closing included.</summary>
    public TimeSpan Elapsed { get; internal init; }

    /// <summary>What was committed.</summary>
    public EpochProgress Epochs { get; internal init; } = new();

    /// <summary>From where the run resumed; null without a store, and for a run that was stopped before the store was read.</summary>
    public ResumeReport? Resume { get; internal init; }
}
