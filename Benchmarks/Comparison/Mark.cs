namespace Rx.Connectors.Benchmarks;

/// <summary>
/// A mark to meet. It is worked out in each round by itself, from what was measured side by side, and the median of the rounds
/// counts; of several ratios (to several peers) the worst.
/// </summary>
internal sealed record Mark(string Text, double Limit, IReadOnlyList<Func<Round, double>> Values, bool IsAtLeast = false)
{
    public static Mark AtMost(string text, double limit, params IReadOnlyList<Func<Round, double>> values) =>
        new(text, limit, values);

    public static Mark AtLeast(string text, double limit, params IReadOnlyList<Func<Round, double>> values) =>
        new(text, limit, values, IsAtLeast: true);

    /// <summary>A contender's figure as a multiple of another's.</summary>
    public static Func<Round, double> Ratio(string figure, string contender, string other) =>
        round => round[contender][figure] / round[other][figure];

    /// <summary>
    /// What a contender adds to the floor, as a multiple of what another adds. In a round so disturbed that the other seems to add
    /// nothing, that is missed by far.
    /// </summary>
    public static Func<Round, double> Added(string figure, string contender, string other, string floor) => round =>
        Math.Max(0, round[contender][figure] - round[floor][figure]) / Math.Max(0.1, round[other][figure] - round[floor][figure]);

    public static Func<Round, double> Figure(string figure, string contender) => round => round[contender][figure];

    public Judged Judge(string workload, IReadOnlyList<Round> rounds)
    {
        var values = Values.Select(value => Measured.Median(rounds.Select(value)));
        var worst = IsAtLeast ? values.Min() : values.Max();
        return new Judged(workload, Text, Limit, Math.Round(worst, 3), IsAtLeast ? worst >= Limit : worst <= Limit);
    }
}

/// <summary>A mark and whether it was met, as it is saved.</summary>
internal sealed record Judged(string Workload, string Mark, double Limit, double Value, bool Met);
