namespace Rx.Connectors.Benchmarks;

/// <summary>What was measured of each contender in one round.</summary>
internal sealed class Round : Dictionary<string, Measured>
{
    /// <summary>Of each contender the median over the rounds of each figure by itself.</summary>
    public static IReadOnlyDictionary<string, Measured> Medians(IReadOnlyList<Round> rounds) =>
        rounds[0].Keys.Order(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Measured.MedianOf([.. rounds.Select(round => round[name])]));
}
