namespace Rx.Connectors.Recovery;

/// <summary>From where a flow resumes, and what it leaves behind.</summary>
/// <param name="Execution">The number of this execution, from 1.</param>
/// <param name="Epoch">The last committed epoch; 0 if there is none, and everything begins from the beginning.</param>
/// <param name="Resumed">Partitions, as <c>step/partition</c>, that have a stored position.</param>
/// <param name="OrphanedPartitions">
/// Stored positions, as <c>step/partition</c>, of partitions that their steps no longer list: gone, or renamed. They are kept, and
/// used again if the partition comes back.
/// </param>
/// <param name="UnknownSteps">Ids of steps that have stored positions and are not in the flow: removed, or renamed. Their
/// positions are kept.</param>
public sealed record ResumeReport(
    long Execution, long Epoch, IReadOnlyList<string> Resumed, IReadOnlyList<string> OrphanedPartitions, IReadOnlyList<string> UnknownSteps)
{
    /// <summary>Whether there was anything to resume from.</summary>
    public bool IsResumed => Epoch > 0;
}
