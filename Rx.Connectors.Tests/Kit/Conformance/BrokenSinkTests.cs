using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>Each broken sink is caught by its own rule, and by no other.</summary>
public sealed class BrokenSinkTests
{
    [Fact]
    public void A_sink_that_keeps_the_rules_passes_all_of_them()
    {
        var report = OverWrites(null);
        Assert.All(report.Results, result => Assert.True(
            result.Outcome == (result.Rule == "K7" ? RuleOutcome.NotChecked : RuleOutcome.Holds), report.ToString()));
        report = Of(null);
        Assert.All(report.Results.Where(result => result.Rule is "K1" or "K2" or "K7"), result => Assert.True(
            result.Outcome == RuleOutcome.Holds, report.ToString()));
        Assert.Equal("exactly once", report.Guarantee);
    }

    [Theory]
    [InlineData("K1")]
    [InlineData("K2")]
    [InlineData("K3")]
    [InlineData("K4")]
    [InlineData("K5")]
    [InlineData("K6")]
    public void A_sink_over_writes_that_breaks_one_rule_is_caught_by_that_alone(string rule) => AssertBroken(OverWrites(rule), rule);

    [Theory]
    [InlineData("K1")]
    [InlineData("K2")]
    [InlineData("K7")]
    public void A_sink_whose_destination_is_seen_is_caught_by_the_rule_it_breaks_alone(string rule) => AssertBroken(Of(rule), rule);

    private static void AssertBroken(ConformanceReport report, string rule)
    {
        var broken = report.Results.Where(result => result.Outcome == RuleOutcome.Broken).Select(result => result.Rule);
        Assert.True(broken.SequenceEqual([rule]), report.ToString());
    }

    private static ConformanceReport OverWrites(string? breaks) =>
        SinkConformance.OverWrites(number => number, (write, clock) => new BrokenSink(write, clock, breaks), new() { Timeout = TimeSpan.FromSeconds(1) });

    private static ConformanceReport Of(string? breaks)
    {
        var list = new List<int>();
        return SinkConformance.Of<int, int>(number => number, (_, resume) => new ListSink(list, resume, breaks), () => list, null);
    }
}
