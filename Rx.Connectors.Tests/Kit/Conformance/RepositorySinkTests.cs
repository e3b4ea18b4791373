using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Stdio;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Files;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>The sinks of this repository keep the rules.</summary>
public sealed class RepositorySinkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 2)]
    public void A_bridged_write(int concurrency, int retries)
    {
        var options = new WriteOptions { MaxConcurrency = concurrency, MaxRetryAttempts = retries, Timeout = TimeSpan.FromSeconds(2) };
        var report = SinkConformance.OverWrites(
            number => number,
            (write, _) => Bridge.To(write).ToPartition(options),
            new() { MaxConcurrency = concurrency, Timeout = options.Timeout });
        RepositorySourceTests.AssertHolds(report, [.. retries == 0 ? ["K5", "K7"] : new[] { "K7" }]);
    }

    [Fact]
    public void A_file()
    {
        var sink = new FileSink(_folder["out"], new() { Overwrite = true });
        var report = SinkConformance.Of<string, FilePosition>(
            number => $"line {number}",
            (_, resume) => sink.BuildPartition("step", sink.ListPartitions()[0], resume),
            () => File.ReadAllLines(_folder["out"]),
            null);
        RepositorySourceTests.AssertHolds(report, "K3", "K4", "K5", "K6");
        Assert.Equal("exactly once", report.Guarantee);
    }

    [Fact]
    public void Standard_output()
    {
        using var text = new StringWriter { NewLine = "\n" };
        var sink = new StdOutSink(text);
        var report = SinkConformance.Of(
            number => $"line {number}", _ => sink.Build("step", 0, 1), () => text.ToString().Split('\n')[..^1], null);
        RepositorySourceTests.AssertHolds(report, "K3", "K4", "K5", "K6", "K7");
        Assert.Equal("at least once, at most 10 repeated", report.Guarantee);
    }
}
