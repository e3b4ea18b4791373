// snippet: conformance-usings
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
// end-snippet
using Rx.Connectors.Bridging;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/conformance.md, line by line, and that the reports it prints are those.</summary>
public sealed class ConformanceSnippets
{
    [Fact]
    public void A_source_of_ones_own_is_checked()
    {
        string[] log = [.. Enumerable.Range(0, 35).Select(line => $"line {line}")];

        // snippet: conformance-check
        var report = SourceConformance.Of<string, int>(
            (clock, resume) => new LogPartition(log, resume),
            new() { Expected = log, MaxBatchSize = 10 });
        report.ThrowIfBroken();
        // end-snippet

        AssertShown(report);
    }

    [Fact]
    public void A_broken_source_is_told()
    {
        string[] log = [.. Enumerable.Range(0, 35).Select(line => $"line {line}")];
        var report = SourceConformance.Of<string, int>(
            (clock, resume) => new LogPartition(log, resume, mistake: 1),
            new() { Expected = log, MaxBatchSize = 10 });
        Assert.Equal(report.ToString(), Assert.Throws<ConformanceException>(report.ThrowIfBroken).Message);
        AssertShown(report, "S5");
    }

    [Fact]
    public void A_source_over_a_client_of_the_kit()
    {
        // snippet: conformance-over
        var report = SourceConformance.OverStream<int, int>(
            item: number => number,
            start: resume => resume.GetValueOrDefault(0),
            build: (stream, clock, resume) => Bridge.From(stream, item => item + 1).ToPartition(resume));
        report.ThrowIfBroken();
        // end-snippet

        Assert.Equal("exactly once", report.Guarantee);
    }

    [Fact]
    public void A_sink_over_writes_of_the_kit()
    {
        // snippet: conformance-writes
        var report = SinkConformance.OverWrites(
            item: number => number,
            build: (write, clock) => Bridge.To(write).ToPartition(new WriteOptions { MaxRetryAttempts = 3 }));
        report.ThrowIfBroken();
        // end-snippet

        Assert.Contains(report.Results, result => result is { Rule: "K5", Outcome: RuleOutcome.Holds });
    }

    private static void AssertShown(ConformanceReport report, string? rule = null)
    {
        var page = Pages.All.Single(page => page.Name == "docs/conformance.md").Lines;
        var lines = report.ToString().Split('\n').Select(line => line.TrimEnd())
            .Where(line => rule is null || line.StartsWith(rule, StringComparison.Ordinal));
        Assert.True(lines.All(line => page.Contains(line)), report.ToString());
    }
}

// snippet: conformance-connector
internal sealed class LogPartition(IReadOnlyList<string> log, ResumeState<int> resume, int mistake = 0)
    : StatefulSourcePartition<string, int>
{
    private int _next = resume.GetValueOrDefault(0);
    private bool _disposed;

    public override IReadOnlyList<string>? NextBatch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var batch = log.Skip(_next).Take(10).ToArray();
        _next += batch.Length;
        return batch.Length > 0 ? batch : null;
    }

    public override ResumeState<int> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Math.Max(0, _next - mistake);
    }

    protected override void Dispose(bool disposing) => _disposed = true;
}
// end-snippet
