namespace Rx.Connectors.Flows;

/// <summary>What a run has left behind: whose it is, each once, and what each was doing.</summary>
internal sealed record Leftovers(IReadOnlyList<string> Names, IReadOnlyList<string> Details)
{
    public static Leftovers Of(IEnumerable<CallOut> left)
    {
        // Read once: who is left behind may go on meanwhile.
        var all = left.Select(static one => (one.Name, one.What)).ToArray();
        return new Leftovers(
            [.. all.Select(static one => one.Name).Distinct(StringComparer.Ordinal)], [.. all.Select(static one => $"{one.Name} ({one.What})")]);
    }
}
