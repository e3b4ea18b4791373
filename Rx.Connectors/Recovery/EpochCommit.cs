using System.Diagnostics.CodeAnalysis;

namespace Rx.Connectors.Recovery;

/// <summary>What one epoch commits.</summary>
public sealed class EpochCommit
{
    /// <summary>Makes a commit, to be filled in.</summary>
    public EpochCommit()
    {
    }

    [SetsRequiredMembers]
    internal EpochCommit(long number, DateTimeOffset closedAt, IReadOnlyList<StoredPosition> changes)
    {
        Number = number;
        ClosedAt = closedAt;
        Changes = changes;
    }

    /// <summary>The epoch's number, from 1, over all executions.</summary>
    public required long Number { get; init; }

    /// <summary>When the epoch was closed, on the flow's clock.</summary>
    public required DateTimeOffset ClosedAt { get; init; }

    /// <summary>The positions that differ from those of the epoch before; the others stay as they are.</summary>
    public required IReadOnlyList<StoredPosition> Changes { get; init; }
}
