namespace Rx.Connectors.Sources;

/// <summary>What a query needs beside the client's position in order to resume exactly.</summary>
/// <param name="Input">Which input after the client's position was cut, from 1; 0 if none was.</param>
/// <param name="Parts">How many parts of it were handed out. They are made again after a restart, and skipped.</param>
/// <param name="Memory">What the query's <c>Scan</c>s remember at the client's position, in their order; mostly there are none.</param>
internal sealed record QueryRest(long Input, int Parts, IReadOnlyList<ScanMemory> Memory)
{
    public bool Equals(QueryRest? other) =>
        other is not null && (Input, Parts) == (other.Input, other.Parts) && Memory.SequenceEqual(other.Memory);

    public override int GetHashCode() => HashCode.Combine(Input, Parts, Memory.Count);

    public override string ToString() =>
        (Parts > 0 ? $" and {Parts} parts of input {Input} after it" : string.Empty) +
        (Memory.Count > 0 ? $" with the memory {string.Join(", ", Memory)}" : string.Empty);
}
