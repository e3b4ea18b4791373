namespace Rx.Connectors.Benchmarks;

/// <summary>
/// A mark to meet, in one of the runs. It is worked out of the medians over the rounds, so that a ratio is one of medians: a single
/// round that was disturbed moves neither of them. How it comes out in each round by itself is its spread. Of several ratios (to
/// several peers) the worst counts.
/// </summary>
internal sealed record Mark(string Text, double Limit, IReadOnlyList<Func<Round, double>> Values, bool IsAtLeast = false)
{
    /// <summary>The run that it is for.</summary>
    public Placement Placement { get; private init; } = Placement.Free;

    /// <summary>The same for the pinned run.</summary>
    public Mark Pinned => this with { Placement = Placement.Pinned };

    public static Mark AtMost(string text, double limit, params IReadOnlyList<Func<Round, double>> values) =>
        new(text, limit, values);

    public static Mark AtLeast(string text, double limit, params IReadOnlyList<Func<Round, double>> values) =>
        new(text, limit, values, IsAtLeast: true);

    /// <summary>A contender's figure as a multiple of another's.</summary>
    public static Func<Round, double> Ratio(string figure, string contender, string other) =>
        round => round[contender][figure] / round[other][figure];

    /// <summary>A contender's figure as a multiple of each peer's.</summary>
    public static IReadOnlyList<Func<Round, double>> Ratios(string figure, string contender, params IEnumerable<string> peers) =>
        [.. peers.Select(peer => Ratio(figure, contender, peer))];

    /// <summary>
    /// What a contender adds to the floor, as a multiple of what another adds. Where all is so disturbed that the other seems to add
    /// nothing, that is missed by far.
    /// </summary>
    public static Func<Round, double> Added(string figure, string contender, string other, string floor) => round =>
        Math.Max(0, round[contender][figure] - round[floor][figure]) / Math.Max(0.1, round[other][figure] - round[floor][figure]);

    public static Func<Round, double> Figure(string figure, string contender) => round => round[contender][figure];

    /// <summary>Works it out, and says whether it was met where that can be said.</summary>
    public Judged Judge(string workload, IReadOnlyList<Round> rounds, bool isQuiet)
    {
        var medians = Round.MedianOf(rounds);
        var worst = IsAtLeast ? Values.MinBy(value => value(medians))! : Values.MaxBy(value => value(medians))!;
        var measured = worst(medians);
        double[] spread = [.. rounds.Select(worst)];
        return new Judged(
            workload, Text, Limit, Math.Round(measured, 3), isQuiet ? IsMet(measured) : null, Placement,
            Math.Round(Measured.Quantile(spread, 0.25), 3), Math.Round(Measured.Quantile(spread, 0.75), 3));
    }

    private bool IsMet(double measured) => IsAtLeast ? measured >= Limit : measured <= Limit;
}

/// <summary>A mark and whether it was met, as it is saved.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Mark">What the mark says.</param>
/// <param name="Limit">Its limit.</param>
/// <param name="Value">What was measured: of the medians over the rounds.</param>
/// <param name="Met">Whether it was met; null where the machine was too busy to say.</param>
/// <param name="Run">In which run.</param>
/// <param name="Low">The lower quartile over the rounds.</param>
/// <param name="High">The upper quartile over the rounds.</param>
internal sealed record Judged(
    string Workload, string Mark, double Limit, double Value, bool? Met, Placement Run, double Low, double High);
