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
        Assert.Equal(13, report.Results.Count);
        Assert.Equal(["S1"], report.Results.Where(one => one.Outcome == RuleOutcome.Broken).Select(one => one.Rule));
        Assert.All(report.Results.Skip(1), one => Assert.Equal("NextBatch does not return", one.Text));
        Assert.Equal("not measured", report.Guarantee);
    }

    [Fact]
    public void What_a_factory_throws_is_thrown() => Assert.Throws<FormatException>(() =>
        SourceConformance.Of<int>(_ => throw new FormatException("no"), null));

    [Fact]
    public void An_option_that_is_out_of_range_is_named() => Assert.Contains(
        "SourceConformanceOptions.MaxBatchSize must be at least 1, or null.",
        Assert.Throws<ArgumentOutOfRangeException>(() => SourceConformance.Of<int>(_ => null!, new() { MaxBatchSize = 0 })).Message,
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

    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(100, 99, true)]
    [InlineData(100, 101, true)]
    [InlineData(100, 100, false)]
    [InlineData(35, 35, true)]
    [InlineData(200, 100, true)]
    [InlineData(100, 10, false)]
    public void S4_is_checked_however_many_items_are_expected(int count, int items, bool isStated)
    {
        var all = Enumerable.Range(0, count).ToArray();
        var report = Check(all, isStated ? all : null, items, ListFault.None);

        var outcome = isStated || items >= count ? RuleOutcome.Holds : RuleOutcome.NotChecked;
        Assert.Equal(outcome, Of(report, "S4").Outcome);
        Assert.Equal(outcome == RuleOutcome.Holds ? $"{count} items, then null at each of 3 polls" : "it had not ended after 21 items; give it a client that ends", Of(report, "S4").Text);
        report.ThrowIfBroken();
    }

    [Theory]
    [InlineData(ListFault.DropsTheLastBatch, 100, "S4")]
    [InlineData(ListFault.GoesOnAfterTheEnd, 100, "S4")]
    [InlineData(ListFault.RepeatsTheLastItem, 100, "S2")]
    [InlineData(ListFault.DropsTheLastBatch, 35, "S4")]
    [InlineData(ListFault.RepeatsTheLastItem, 35, "S2")]
    public void S4_what_is_wrong_at_the_end_is_seen_when_as_many_are_read_as_are_expected(ListFault fault, int count, string rule)
    {
        var all = Enumerable.Range(0, count).ToArray();

        Assert.Equal(RuleOutcome.Broken, Of(Check(all, all, count, fault), rule).Outcome);
    }

    [Fact]
    public void What_has_no_end_is_expected_to_begin_like_this()
    {
        var report = Check([.. Enumerable.Range(0, 5000)], [.. Enumerable.Range(0, 100)], 100, ListFault.None);

        report.ThrowIfBroken();
        Assert.Equal(RuleOutcome.NotChecked, Of(report, "S4").Outcome);
    }

    private static RuleResult Of(ConformanceReport report, string rule) => report.Results.Single(one => one.Rule == rule);

    private static ConformanceReport Check(int[] all, int[]? expected, int items, ListFault fault) => SourceConformance.Of<int, int>(
        (_, resume) => new ListPartition(all, resume, fault), new() { Items = items, Expected = expected });

    public enum ListFault
    {
        None,
        DropsTheLastBatch,
        GoesOnAfterTheEnd,
        RepeatsTheLastItem,
    }

    private sealed class ListPartition(int[] all, ResumeState<int> resume, ListFault fault) : StatefulSourcePartition<int, int>
    {
        private int _next = resume.GetValueOrDefault(0);
        private bool _ended;
        private bool _disposed;

        public override IReadOnlyList<int>? NextBatch()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_ended && fault == ListFault.GoesOnAfterTheEnd)
            {
                return [7];
            }

            var left = all.Length - _next;
            _ended = left <= (fault == ListFault.DropsTheLastBatch ? 7 : 0);
            if (_ended)
            {
                return null;
            }

            var batch = all.Skip(_next).Take(7).ToList();
            _next += batch.Count;
            if (_next == all.Length && fault == ListFault.RepeatsTheLastItem)
            {
                batch.Add(batch[^1]);
            }

            return batch;
        }

        public override ResumeState<int> Snapshot()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _next;
        }

        protected override void Dispose(bool disposing) => _disposed = true;
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
