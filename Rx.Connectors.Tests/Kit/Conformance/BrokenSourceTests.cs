using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>Each broken source is caught by its own rule, and by no other.</summary>
[Trait("speed", "slow")]
public sealed class BrokenSourceTests
{
    public static TheoryData<string> Rules => [.. Enumerable.Range(1, 13).Select(rule => $"S{rule}")];

    [Fact]
    public void A_source_that_keeps_the_rules_passes_all_of_them()
    {
        var report = Check(null);
        Assert.All(report.Results, result => Assert.True(result.Outcome == RuleOutcome.Holds, report.ToString()));
        Assert.Equal("exactly once", report.Guarantee);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_source_that_breaks_one_rule_is_caught_by_that_alone(string rule)
    {
        var report = Check(rule);
        var broken = report.Results.Where(result => result.Outcome == RuleOutcome.Broken).Select(result => result.Rule);
        Assert.True(broken.SequenceEqual([rule]), report.ToString());
        TestContext.Current.SendDiagnosticMessage(report.ToString());
    }

    private static ConformanceReport Check(string? breaks)
    {
        BrokenSource? last = null;
        // A client that forgets what a snapshot was taken after, committed or not.
        var forgotten = 0;
        return SourceConformance.OverObservable<int, int>(
            number => number,
            resume =>
            {
                forgotten = resume.HasValue ? forgotten : 0;
                return Math.Max(resume.GetValueOrDefault(0), forgotten);
            },
            (client, _, resume) => last = new BrokenSource(client, resume, breaks) { SnapshotTaken = position => forgotten = position },
            new()
            {
                MaxBatchSize = BrokenSource.MaxBatchSize,
                MaxBatchDelay = TimeSpan.FromSeconds(1),
                Capacity = BrokenSource.Capacity,
                Acknowledged = () => last!.Acknowledged,
            });
    }
}
