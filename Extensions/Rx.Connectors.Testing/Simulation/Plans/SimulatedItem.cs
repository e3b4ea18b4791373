using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>An item that can be told from every other: where it comes from, and which part it is of what was sent.</summary>
internal readonly record struct SimulatedItem(int Source, int Partition, int Index, int Part)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + Source)}{Partition}:{Index}{(Part == 0 ? "" : "." + Part.ToString(CultureInfo.InvariantCulture))}");
}
