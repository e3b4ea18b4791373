using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>What a report says, and what it does with connectors that do not even let it look.</summary>
public sealed class ReportTests
{
    [Fact]
    public void ThrowIfBroken_throws_the_whole_report()
    {
        var report = SourceConformance.Of<int>(_ => new Blocked(TimeSpan.Zero), new() { Expected = [1] });
        var error = Assert.Throws<ConformanceException>(report.ThrowIfBroken);
        Assert.Equal(report.ToString(), error.Message);
        Assert.Same(report, error.Report);
    }

    [Fact]
    public void A_poll_that_never_returns_breaks_S1_and_leaves_the_rest_unchecked()
    {
        var report = SourceConformance.Of<int>(_ => new Blocked(TimeSpan.MaxValue), new() { Patience = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(12, report.Results.Count);
        Assert.Equal(["S1"], report.Results.Where(one => one.Outcome == RuleOutcome.Broken).Select(one => one.Rule));
        Assert.All(report.Results.Skip(1), one => Assert.Equal("NextBatch does not return", one.Text));
        Assert.Equal("not measured", report.Guarantee);
    }

    [Fact]
    public void What_a_factory_throws_is_thrown() => Assert.Throws<FormatException>(() =>
        SourceConformance.Of<int>(_ => throw new FormatException("no"), null));

    [Fact]
    public void An_option_that_is_out_of_range_is_named() => Assert.Contains(
        "SourceConformanceOptions.MaxCount must be at least 1, or null.",
        Assert.Throws<ArgumentOutOfRangeException>(() => SourceConformance.Of<int>(_ => null!, new() { MaxCount = 0 })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_same_check_twice_gives_the_same_report()
    {
        static string Report() => SourceConformance.OverStream<int>(
            number => number, (stream, clock) => new FromAsync(Batch.FromAsync(stream, TimeSpan.FromMilliseconds(5), 4, clock).GetEnumerator()), null).ToString();

        Assert.Equal(Report(), Report());
    }

    [Fact]
    public void S1_waiting_for_virtual_time_inside_a_poll_is_seen()
    {
        var report = SourceConformance.OverStream<int>(
            number => number, (stream, clock) => new FromAsync(Batch.FromAsync(stream, TimeSpan.FromMilliseconds(5), 4, clock).GetEnumerator()), null);
        Assert.Equal(["S1"], report.Results.Where(one => one.Outcome == RuleOutcome.Broken).Select(one => one.Rule));
    }

    private sealed class Blocked(TimeSpan time) : StatelessSourcePartition<int>
    {
        public override IReadOnlyList<int>? NextBatch()
        {
            using var never = new ManualResetEventSlim();
            if (time > TimeSpan.Zero)
            {
                never.Wait(Timeout.Infinite);
            }

            return null;
        }
    }

    private sealed class FromAsync(IEnumerator<IReadOnlyList<int>> batches) : StatelessSourcePartition<int>
    {
        public override IReadOnlyList<int>? NextBatch() => batches.MoveNext() ? batches.Current : null;

        protected override void Dispose(bool disposing) => batches.Dispose();
    }
}
