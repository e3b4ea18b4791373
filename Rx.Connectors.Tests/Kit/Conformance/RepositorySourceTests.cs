using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Bridging;
using Rx.Connectors.Csv;
using Rx.Connectors.Demo;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Rx.Connectors.Stdio;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Acknowledging;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>The sources of this repository keep the rules.</summary>
[Trait("speed", "slow")]
public sealed class RepositorySourceTests : IDisposable
{
    private static readonly BridgeOptions _bridge = new() { MaxBatchSize = 7, Capacity = 200 };

    private static readonly SourceConformanceOptions<int> _known = new()
    {
        MaxBatchSize = 7,
        Capacity = 200,
        MaxBatchDelay = BridgeOptions.DefaultMaxBatchDelay,
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bridged_stream() => AssertHolds(
        SourceConformance.OverStream<int>(number => number, (stream, _) => Bridge.From(stream).ToPartition(_bridge), _known),
        "S5", "S11", "S13");

    [Fact]
    public void A_bridged_observable() => AssertHolds(
        SourceConformance.OverObservable<int>(number => number, (source, _) => Bridge.From(source).ToPartition(_bridge), _known),
        "S5", "S11", "S13");

    [Fact]
    public void A_bridged_stream_with_positions() => AssertHolds(SourceConformance.OverStream<int, int>(
        number => number,
        resume => resume.GetValueOrDefault(0),
        (stream, _, resume) => Bridge.From(stream, item => item + 1).ToPartition(resume, _bridge),
        _known), "S11");

    [Fact]
    public void A_bridged_observable_with_positions() => AssertHolds(SourceConformance.OverObservable<int, int>(
        number => number,
        resume => resume.GetValueOrDefault(0),
        (source, _, resume) => Bridge.From(source, item => item + 1).ToPartition(resume, _bridge),
        _known), "S11");

    [Fact]
    public void A_bridged_stream_with_a_query() => AssertHolds(SourceConformance.OverStream<int, int>(
        number => number,
        resume => resume.GetValueOrDefault(0),
        (stream, _, resume) => Bridge.From(stream, item => item + 1)
            .Query(source => source.Where(item => item % 3 != 0).SelectMany(item => new[] { item, -item }))
            .ToPartition(resume, _bridge),
        new()
        {
            MaxBatchSize = 7,
            Expected = [.. Enumerable.Range(0, 100).Where(item => item % 3 != 0).SelectMany(item => new[] { item, -item })],
        }), "S11");

    [Fact]
    public void A_resumable_source_with_a_Scan() => AssertHolds(SourceConformance.OverStream<int, int>(
        number => number,
        resume => resume.GetValueOrDefault(0),
        (stream, _, resume) => Bridge.From((ResumeState<int> _) => stream, item => item + 1)
            .Query(source => source.Where(item => item % 3 != 0).Scan(0, (sum, item) => sum + item))
            .ToSource("a", _bridge).BuildPartition("step", "a", resume),
        new()
        {
            MaxBatchSize = 7,
            Expected = [.. Sums(Enumerable.Range(0, 100).Where(item => item % 3 != 0))],
        }), "S11");

    [Fact]
    public void A_resumable_source_of_several_keys() => AssertHolds(SourceConformance.OverObservable<int, int>(
        number => number,
        resume => resume.GetValueOrDefault(0),
        (source, _, resume) => Bridge.From((string _, ResumeState<int> _) => source, item => item + 1)
            .ToSource(["a", "b"], _bridge).BuildPartition("step", "b", resume),
        _known), "S11");

    [Fact]
    public void A_keyed_source_without_positions() => AssertHolds(SourceConformance.OverStream<int>(
        number => number,
        (stream, _) => new Stateless<int, Unit>(Bridge.From(key => stream).ToSource(["a"], _bridge).BuildPartition("step", "a", default)),
        _known), "S5", "S11", "S13");

    private static IEnumerable<int> Sums(IEnumerable<int> items)
    {
        var sum = 0;
        foreach (var item in items)
        {
            yield return sum += item;
        }
    }

    private sealed class Stateless<T, TPosition>(StatefulSourcePartition<T, TPosition> inner) : StatelessSourcePartition<T>
    {
        public override DateTimeOffset? NextAwake => inner.NextAwake;

        public override IObservable<Unit>? Available => inner.Available;

        public override SourceStatus Status => inner.Status;

        public override void Start(IScheduler scheduler) => inner.Start(scheduler);

        public override IReadOnlyList<T>? NextBatch() => inner.NextBatch();

        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        protected override void Dispose(bool disposing) => inner.Dispose();
    }

    [Fact]
    public void A_polling_source() => AssertHolds(SourceConformance.Of<string, int>(
        (_, resume) => new PageSource().BuildPartition("step", "singleton", resume),
        new() { Expected = [.. Enumerable.Range(0, 10).Select(page => $"page {page}")], MaxBatchSize = 1 }), "S3", "S6", "S9", "S11");

    [Fact]
    public void Random_metrics() => AssertHolds(SourceConformance.Of<(string Metric, double Value), long>(
        (_, resume) => new RandomMetricSource(["a"]).BuildPartition("step", "a", resume),
        new() { MaxBatchSize = 1 }), "S3", "S4", "S6", "S9", "S11", "S13");

    [Fact]
    public void A_file_of_lines()
    {
        var path = _folder.Write("in", string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\n")));
        var source = new FileSource(path, 7);
        AssertHolds(SourceConformance.Of<string, FilePosition>(
            (_, resume) => source.BuildPartition("step", source.ListPartitions()[0], resume),
            new() { Items = 1_000, MaxBatchSize = 7, Expected = [.. Enumerable.Range(0, 100).Select(i => $"line {i}")] }),
            "S3", "S6", "S9", "S11");
    }

    [Fact]
    public void A_file_of_csv()
    {
        var path = _folder.Write("in.csv", "id,name\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{i},\"a\nb\"\n")));
        var source = new CsvSource(path, new() { MaxBatchSize = 7 });
        AssertHolds(SourceConformance.Of<IReadOnlyDictionary<string, string>, FilePosition>(
            (_, resume) => source.BuildPartition("step", source.ListPartitions()[0], resume),
            new() { Items = 1_000, MaxBatchSize = 7, Key = row => row["id"] }), "S3", "S6", "S9", "S11");
    }

    [Fact]
    public void An_acknowledging_source()
    {
        TestConsumer last = null!;
        AssertHolds(SourceConformance.Of<int, long>(
            (clock, resume) =>
            {
                // A broker delivers again what was not acknowledged, so what is resumed begins where the position is.
                var from = (int)resume.GetValueOrDefault(0);
                var steps = Script.Items(Enumerable.Range(1, 40 - from).Select(i => (long)i), 50)
                    .Select(step => step with { At = step.At + ((VirtualScheduler)clock).Clock, Item = step.Item + from });
                var source = new TestSource<int>(
                    _ => last = new TestConsumer((VirtualScheduler)clock, steps), deliveries => deliveries.Select(item => item), bridge: _bridge);
                return source.BuildPartition("step", source.ListPartitions()[0], resume);
            },
            new() { MaxBatchSize = 7, Acknowledged = () => last.Acked.Count }), "S3", "S6", "S9");
    }

    [Fact]
    public void Standard_input() => AssertHolds(SourceConformance.Of<string>(
        _ => new StdInSource(new Rx.Connectors.Stdio.LineReader(() => new StringReader("a\nb\nc\n")), new BridgeOptions { MaxBatchSize = 2 }).Build("step", 0, 1),
        new() { OnRealClock = true, MaxBatchSize = 2, Expected = ["a", "b", "c"] }), "S3", "S5", "S6", "S9", "S11", "S13");

    /// <summary>No rule is broken, and exactly the named ones could not be checked.</summary>
    internal static void AssertHolds(ConformanceReport report, params string[] notChecked)
    {
        report.ThrowIfBroken();
        Assert.True(
            notChecked.SequenceEqual(report.Results.Where(one => one.Outcome == RuleOutcome.NotChecked).Select(one => one.Rule)),
            report.ToString());
    }

    private sealed class PageSource() : SimplePollingSource<string, int>(TimeSpan.FromMinutes(1))
    {
        private int _next;

        protected override Polled<string> NextItem() => _next == 10 ? Polled<string>.End : $"page {_next++}";

        protected override ResumeState<int> Snapshot() => _next;

        protected override void ResumeFrom(ResumeState<int> resumeState) => _next = resumeState.GetValueOrDefault(0);
    }
}
