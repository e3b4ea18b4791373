namespace Rx.Connectors.Recovery;

/// <summary>Tells from where a flow resumes, and what it leaves behind.</summary>
public sealed class ResumeReport
{
    internal ResumeReport()
    {
    }

    /// <summary>The number of this execution, from 1.</summary>
    public long Execution { get; internal init; }

    /// <summary>The last committed epoch; 0 if there is none, and everything begins from the beginning.</summary>
    public long Epoch { get; internal init; }

    /// <summary>Whether there was anything to resume from.</summary>
    public bool IsResumed => Epoch > 0;

    /// <summary>Partitions, as <c>step/partition</c>, that have a stored position.</summary>
    public IReadOnlyList<string> Resumed { get; internal init; } = [];

    /// <summary>
    /// Stored positions, as <c>step/partition</c>, of partitions that their steps no longer list: gone, or renamed. They are kept,
    /// and used again if the partition comes back.
    /// </summary>
    public IReadOnlyList<string> OrphanedPartitions { get; internal init; } = [];

    /// <summary>Ids of steps that have stored positions and are not in the flow: removed, or renamed. Their positions are
    /// kept.</summary>
    public IReadOnlyList<string> UnknownSteps { get; internal init; } = [];
}
