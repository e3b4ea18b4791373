using Rx.Connectors.Benchmarks;
using Xunit;

namespace Rx.Connectors.Tests.Benchmarks;

/// <summary>How the benchmarks come from rounds to a verdict.</summary>
public sealed class MarkTests
{
    private static readonly Mark _ratio = Mark.AtMost("to the peer", 1, Mark.Ratio(Measured.Cpu, "ours", "peer"));

    [Fact]
    public void A_mark_is_the_ratio_of_the_medians_and_not_the_median_of_the_ratios()
    {
        // The ratios are 0.5, 3.2 and 2.5; the medians 100 and 50.
        Round[] rounds = [Round(("ours", 50), ("peer", 100)), Round(("ours", 160), ("peer", 50)), Round(("ours", 100), ("peer", 40))];
        Assert.Equal(2, Judge(_ratio, rounds).Value);
    }

    [Fact]
    public void Its_spread_is_the_quartiles_over_the_rounds()
    {
        Round[] rounds = [.. new[] { 9, 1, 5, 3, 7 }.Select(ours => Round(("ours", ours), ("peer", 10)))];
        var judged = Judge(_ratio, rounds);
        Assert.Equal((0.5, 0.3, 0.7), (judged.Value, judged.Low, judged.High));
        Assert.True(judged.Met);
    }

    [Fact]
    public void A_single_round_has_no_spread()
    {
        var judged = Judge(_ratio, Round(("ours", 3), ("peer", 4)));
        Assert.Equal((0.75, 0.75, 0.75), (judged.Value, judged.Low, judged.High));
    }

    [Fact]
    public void Of_several_peers_the_cheapest_counts()
    {
        var mark = Mark.AtMost("best", 1, Mark.Ratios(Measured.Cpu, "ours", "dear", "cheap"));
        var judged = Judge(mark, Round(("ours", 30), ("dear", 60), ("cheap", 20)));
        Assert.Equal(1.5, judged.Value);
        Assert.False(judged.Met);
    }

    [Fact]
    public void At_least_asks_for_the_least_of_several()
    {
        var mark = Mark.AtLeast("faster", 3, Mark.Ratio(Measured.Cpu, "slow", "ours"), Mark.Ratio(Measured.Cpu, "slower", "ours"));
        var judged = Judge(mark, Round(("ours", 10), ("slow", 25), ("slower", 40)));
        Assert.Equal(2.5, judged.Value);
        Assert.False(judged.Met);
    }

    [Theory]
    [InlineData(75, 0.25)]
    [InlineData(40, 0)]
    [InlineData(150, 1)]
    public void What_is_added_to_the_floor_is_compared(int ours, double expected)
    {
        var mark = Mark.AtMost("added", 0.25, Mark.Added(Measured.Cpu, "ours", "peer", "floor"));
        Assert.Equal(expected, Judge(mark, Round(("ours", ours), ("peer", 150), ("floor", 50))).Value);
    }

    [Fact]
    public void Where_the_other_seems_to_add_nothing_the_mark_is_missed()
    {
        var mark = Mark.AtMost("added", 0.25, Mark.Added(Measured.Cpu, "ours", "peer", "floor"));
        Assert.False(Judge(mark, Round(("ours", 60), ("peer", 45), ("floor", 50))).Met);
    }

    [Fact]
    public void A_mark_is_for_the_free_run_unless_it_is_pinned()
    {
        Assert.Equal(Placement.Free, _ratio.Placement);
        Assert.Equal(Placement.Pinned, Judge(_ratio.Pinned, Round(("ours", 1), ("peer", 1))).Run);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.5, 25)]
    [InlineData(0.25, 17.5)]
    [InlineData(1, 40)]
    public void A_quantile_between_two_values_is_in_proportion(double part, double expected) =>
        Assert.Equal(expected, Measured.Quantile([40, 10, 30, 20], part));

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public void On_a_busy_machine_it_is_worked_out_and_not_judged(int ours)
    {
        var judged = _ratio.Judge("work", [Round(("ours", ours), ("peer", 10))], isQuiet: false);
        Assert.Equal(ours / 10.0, judged.Value);
        Assert.Null(judged.Met);
    }

    private static Judged Judge(Mark mark, params Round[] rounds) => mark.Judge("work", rounds, isQuiet: true);

    private static Round Round(params (string Contender, double Cpu)[] figures)
    {
        var round = new Round();
        foreach (var (contender, cpu) in figures)
        {
            round[contender] = Measured.Of(cpu, bytes: 0, wall: cpu);
        }

        return round;
    }
}
