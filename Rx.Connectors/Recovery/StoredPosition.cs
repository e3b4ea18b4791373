using System.Diagnostics.CodeAnalysis;

namespace Rx.Connectors.Recovery;

/// <summary>What kind of step a stored position belongs to.</summary>
public enum StepKind
{
    /// <summary>A source partition's position.</summary>
    Source = 0,

    /// <summary>A sink partition's position.</summary>
    Sink,
}

/// <summary>The position of one partition, as a store keeps it. It belongs to a step id and a partition key.</summary>
/// <remarks>Two positions are equal if they are the same in all parts.</remarks>
public sealed class StoredPosition
{
    /// <summary>Makes a position, to be filled in.</summary>
    public StoredPosition()
    {
    }

    [SetsRequiredMembers]
    internal StoredPosition(StepKind kind, string step, string partition, string? state)
    {
        Kind = kind;
        Step = step;
        Partition = partition;
        State = state;
    }

    /// <summary>Whether it is a source's or a sink's.</summary>
    public required StepKind Kind { get; init; }

    /// <summary>The step's id.</summary>
    public required string Step { get; init; }

    /// <summary>The partition's key.</summary>
    public required string Partition { get; init; }

    /// <summary>The position as JSON. In a commit, null takes a stored one away.</summary>
    public required string? State { get; init; }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is StoredPosition other && (Kind, Step, Partition, State) == (other.Kind, other.Step, other.Partition, other.State);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Step, Partition, State);
}
