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

/// <summary>What a run has done.</summary>
/// <param name="Outcome">How it has ended.</param>
/// <param name="ItemsRead">Items that were polled, of all sources.</param>
/// <param name="Batches">Polls that had items.</param>
/// <param name="ItemsWritten">Items whose write was confirmed, of all sinks.</param>
/// <param name="NotClosed">Who had not closed within <see cref="FlowOptions.CloseTimeout"/>, or failed to: partitions as
/// <c>step/partition</c>, also those whose poll, step or write had not come back; the step whose <c>PartitionChanges</c> could not be
/// unsubscribed from; <c>recovery store</c>; <c>cancellation</c> for a callback of the run's token; <c>progress</c> for an observer
/// of <see cref="FlowRun.Progress"/>.</param>
/// <param name="Elapsed">How long the run took on its clock, closing included.</param>
/// <param name="Epochs">What was committed.</param>
/// <param name="Resume">From where the run resumed; null without a store, and for a run that was stopped before the store was read.</param>
public sealed record FlowResult(
    FlowOutcome Outcome, long ItemsRead, long Batches, long ItemsWritten, IReadOnlyList<string> NotClosed, TimeSpan Elapsed,
    EpochProgress Epochs, ResumeReport? Resume)
{
    /// <summary>The same as <see cref="NotClosed"/> for people: each with what it was doing, as <c>out/0 (writing)</c>.</summary>
    public IReadOnlyList<string> NotClosedDetails { get; init; } = [];
}
