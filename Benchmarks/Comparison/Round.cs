namespace Rx.Connectors.Benchmarks;

/// <summary>What was measured of each contender in one round.</summary>
internal sealed class Round : Dictionary<string, Measured>
{
    /// <summary>Of each contender the median over the rounds of each figure by itself.</summary>
    public static Round MedianOf(IReadOnlyList<Round> rounds)
    {
        var medians = new Round();
        foreach (var name in rounds[0].Keys.Order(StringComparer.Ordinal))
        {
            medians[name] = Measured.MedianOf([.. rounds.Select(round => round[name])]);
        }

        return medians;
    }
}
