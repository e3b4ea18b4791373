using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Rules F1, F2 and F6, and when partitions are polled (P1 to P4).</summary>
public sealed class WorkerTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<string> _log = [];

    private IEnumerable<string> Polls => _log.Where(line => line.StartsWith("poll", StringComparison.Ordinal));

    [Fact]
    public void F1_one_poll_per_due_partition_and_round_in_key_order()
    {
        Run(("b", () => new([1], [2], [3])), ("a", () => new([4])), ("c", () => new([5], [6])));
        Assert.Equal(
            [
                "poll a at 0", "poll b at 0", "poll c at 0",
                "poll a at 0", "poll b at 0", "poll c at 0",
                "poll b at 0", "poll c at 0",
                "poll b at 0",
            ],
            Polls);
    }

    [Fact]
    public void F1_a_partition_that_always_has_items_starves_no_other()
    {
        var endless = Enumerable.Repeat(new[] { 1 }, 1_000).ToArray<int[]?>();
        Run(("a", () => new(endless)), ("b", () => new([1], [2], [3])));
        Assert.Equal(["poll a at 0", "poll b at 0", "poll a at 0", "poll b at 0"], Polls.Take(4));
        Assert.Equal("poll b at 0", Polls.ElementAt(7));
    }

    [Fact]
    public void F2_P2_blind_partitions_are_polled_again_at_once_after_items_and_after_1_ms_after_none()
    {
        Run(("a", () => new([1], [], [2], [], [])));
        Assert.Equal(
            ["poll a at 0", "poll a at 0", "poll a at 10000", "poll a at 10000", "poll a at 20000", "poll a at 30000"], Polls);
    }

    [Fact]
    public void F2_P2_an_explicit_time_always_wins_also_after_an_empty_batch()
    {
        var times = new Queue<long>([500, 700, 700, 900, 5_000]);
        Run(("a", () => new([], [1], [2], []) { Awake = () => times.Dequeue().At() }));
        Assert.Equal(["poll a at 500", "poll a at 700", "poll a at 700", "poll a at 900", "poll a at 5000"], Polls);
    }

    [Fact]
    public void P2_a_time_that_has_passed_is_due()
    {
        Run(("a", () => new([1], [2]) { Awake = () => DateTimeOffset.MinValue }));
        Assert.Equal(["poll a at 0", "poll a at 0", "poll a at 0"], Polls);
    }

    [Fact]
    public void F2_a_partition_that_signals_sleeps_until_it_does()
    {
        using var signals = new Subject<Unit>();
        foreach (var at in new[] { 1_000, 70_000 })
        {
            _clock.At(at, () => signals.OnNext(Unit.Default));
        }

        Run(("a", () => new([], [1], []) { Signals = signals }));
        // At once, then at the signals; after items once more, to see that nothing is left.
        Assert.Equal(["poll a at 0", "poll a at 1000", "poll a at 1000", "poll a at 70000"], Polls);
    }

    [Fact]
    public void F2_an_idle_flow_schedules_nothing()
    {
        using var source = new Subject<int>();
        var run = Flow(Bridge.From(source).ToSource()).Start(new FlowOptions { Scheduler = _clock });
        _clock.AdvanceTo(1_000);
        // Idle for a day: were there a timer, the clock would stop at it.
        Assert.Equal(0, _clock.Pending);
        source.OnCompleted();
        _clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void P3_P7_many_sources_are_polled_in_step_order()
    {
        var flow = new Dataflow("two");
        var one = flow.Input("one", new LoggedSource(_log, ("z", () => new([1]))));
        var two = flow.Input("two", new LoggedSource(_log, ("a", () => new([2]))));
        one.Merge(two).Output("out", Ignore());
        RunToEnd(flow);
        Assert.Equal(["list", "list", "build z", "build a", "start z", "start a", "poll z at 0", "poll a at 0"], _log.Take(8));
    }

    [Fact]
    public void P4_a_partition_is_polled_again_only_when_the_sinks_have_taken_what_it_gave()
    {
        var flow = new Dataflow("slow");
        flow.Input("in", new LoggedSource(_log, ("a", () => new([1], [2]))))
            .Output("out", Bridge.To<int>(async (i, _) =>
            {
                await Observable.Timer(100.Ticks(), _clock);
                _log.Add($"written {i} at {_clock.Clock}");
            }).ToSink());
        RunToEnd(flow);
        Assert.Equal(
            ["poll a at 0", "written 1 at 100", "poll a at 100", "written 2 at 200", "poll a at 200", "close a"], _log.Skip(3));
    }

    [Fact]
    public void P5_a_partition_that_has_ended_is_closed_at_once_and_only_once()
    {
        Run(("a", () => new([1])), ("b", () => new([1], [2], [3])));
        Assert.Equal(1, _log.Count(line => line == "close a"));
        Assert.Equal(1, _log.Count(line => line == "close b"));
        Assert.True(_log.IndexOf("close a") < _log.LastIndexOf("poll b at 0"));
    }

    [Fact]
    public void F6_a_whole_flow_runs_the_same_way_every_time_and_on_one_thread()
    {
        Assert.Equal(Recording(), Recording());

        static List<string> Recording()
        {
            var clock = new VirtualScheduler();
            var log = new List<string>();
            var thread = Environment.CurrentManagedThreadId;
            var random = new Random(5);
            var steps = Enumerable.Range(0, 500).Select(i => new Step(i * 1_000, i)).Append(new Step(600_000, null, Ends: true));
            var flow = new Dataflow("recorded");
            flow.Input("in", Bridge.From(new ScriptedClient<int>(clock, steps)).Query(items => items.Delay(30.Ticks(), clock))
                    .ToSource(new BridgeOptions { MaxBatchSize = 7, MaxBatchDelay = TimeSpan.FromTicks(9_000) }))
                .Where(i => i % 3 > 0)
                .Output("out", Bridge.To<int>(async (i, _) =>
                {
                    log.Add($"{clock.Clock} begin {i}");
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                    await Observable.Timer(random.Next(500).Ticks(), clock);
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                    if (random.Next(10) == 0)
                    {
                        throw new IOException();
                    }

                    log.Add($"{clock.Clock} end {i}");
                }).ToSink(new WriteOptions { MaxConcurrency = 3, MaxRetryAttempts = 20 }));
            var run = flow.RunAsync(new FlowOptions { Scheduler = clock });
            clock.Start();
            Assert.Equal(333, run.GetAwaiter().GetResult().ItemsWritten);
            Assert.True(log.Count > 600);
            return log;
        }
    }

    private static DynamicSink<int> Ignore() => Bridge.To<int>((_, _) => Task.CompletedTask).ToSink();

    private static Dataflow Flow(DynamicSource<int> source)
    {
        var flow = new Dataflow("test");
        flow.Input("in", source).Output("out", Ignore());
        return flow;
    }

    private void Run(params (string Key, Func<LoggedPartition> Make)[] partitions)
    {
        var flow = new Dataflow("test");
        flow.Input("in", new LoggedSource(_log, partitions)).Output("out", Ignore());
        RunToEnd(flow);
    }

    private void RunToEnd(Dataflow flow)
    {
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        Assert.Equal(FlowOutcome.Completed, run.GetAwaiter().GetResult().Outcome);
    }
}
