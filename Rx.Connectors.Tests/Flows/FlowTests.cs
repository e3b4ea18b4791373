using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Composing, running and stopping flows.</summary>
public sealed class FlowTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Steps_apply_in_order_and_every_reader_gets_every_item()
    {
        var doubled = new List<string>();
        var all = new List<int>();
        var flow = new Dataflow("steps");
        var numbers = Numbers(flow, "in", 6);
        numbers.Where(i => i % 2 == 1).SelectMany(i => new[] { i, i * 10 }).Select(i => $"<{i}>").Output("doubled", To(doubled));
        numbers.Output("all", To(all));
        Assert.Equal(6, RunToEnd(flow).ItemsRead);
        Assert.Equal(["<1>", "<10>", "<3>", "<30>", "<5>", "<50>"], doubled);
        Assert.Equal([0, 1, 2, 3, 4, 5], all);
    }

    [Fact]
    public void Merge_keeps_each_streams_order_and_steps_behind_it_run_once_per_item()
    {
        var written = new List<int>();
        var flow = new Dataflow("merge");
        var calls = 0;
        Numbers(flow, "one", 50).Merge(Numbers(flow, "two", 50).Select(i => i + 100), Numbers(flow, "three", 50).Select(i => i + 200))
            .Select(i =>
            {
                calls++;
                return i;
            })
            .Output("out", To(written));
        RunToEnd(flow);
        Assert.Equal(150, calls);
        foreach (var start in new[] { 0, 100, 200 })
        {
            Assert.Equal(Enumerable.Range(start, 50), written.Where(i => i / 100 * 100 == start));
        }
    }

    [Fact]
    public void P13_P14_items_go_to_the_partition_of_their_key_and_only_values_arrive()
    {
        var sink = new ListSink("p2", "p0", "p1");
        var flow = new Dataflow("keyed");
        Numbers(flow, "in", 30).Output("out", sink, i => $"key {i % 7}", i => $"value {i}");
        RunToEnd(flow);
        for (var i = 0; i < 30; i++)
        {
            var expected = $"p{KeyHash.Adler32($"key {i % 7}") % 3}";
            Assert.Contains($"value {i}", sink.Batches[expected].SelectMany(batch => batch));
        }

        Assert.Equal(30, sink.Batches.Values.Sum(batches => batches.Sum(batch => batch.Count)));
        Assert.Equal(sink.Batches.Keys.Order(), sink.Closed.Order());
    }

    [Fact]
    public void P15_a_sink_partition_is_built_at_its_first_write()
    {
        var sink = new ListSink("p0", "p1", "p2");
        var flow = new Dataflow("lazy");
        Numbers(flow, "in", 30).Output("out", sink, _ => "the same", i => $"{i}");
        RunToEnd(flow);
        Assert.Single(sink.Batches);
    }

    [Fact]
    public void The_same_flow_runs_again()
    {
        var written = new List<int>();
        var flow = new Dataflow("again");
        Numbers(flow, "in", 10).Output("out", To(written));
        RunToEnd(flow);
        RunToEnd(flow);
        Assert.Equal(20, written.Count);
    }

    [Fact]
    public void Cancellation_stops_the_flow_and_what_was_polled_is_written()
    {
        using var source = new Subject<int>();
        using var cancel = new CancellationTokenSource();
        var written = new List<int>();
        var flow = new Dataflow("cancelled");
        flow.Input("in", Bridge.From(source).ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero })).Output("out", To(written));
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock }, cancel.Token);
        _clock.AdvanceTo(10);
        source.OnNext(1);
        _clock.AdvanceTo(20);
        cancel.Cancel();
        Assert.False(run.IsCompleted);
        _clock.Start();
        var result = run.GetAwaiter().GetResult();
        Assert.Equal(
            (FlowOutcome.Stopped, 1, 1, 1, TimeSpan.FromTicks(20)),
            (result.Outcome, result.ItemsRead, result.Batches, result.ItemsWritten, result.Elapsed));
        Assert.Equivalent(new EpochProgress(), result.Epochs, strict: true);
        Assert.Null(result.Resume);
        Assert.Empty(result.NotClosed);
        Assert.Equal([1], written);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void A_token_that_is_cancelled_already_stops_the_flow_before_anything_is_polled()
    {
        var flow = new Dataflow("cancelled");
        flow.Input("in", new LoggedSource(_log, ("a", () => new([1])))).Output("out", To(new List<int>()));
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock }, new CancellationToken(true));
        _clock.Start();
        Assert.Equal(FlowOutcome.Stopped, run.GetAwaiter().GetResult().Outcome);
        Assert.DoesNotContain(_log, line => line.StartsWith("poll", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flow_runs_on_a_thread_of_its_own_and_ends_it()
    {
        var threads = new HashSet<Thread>();
        var flow = new Dataflow("threads");
        flow.Input("in", Bridge.From(Slow()).ToSource())
            .Output("out", Bridge.To<int>(async (_, _) =>
            {
                threads.Add(Thread.CurrentThread);
                await Task.Yield();
                threads.Add(Thread.CurrentThread);
            }).ToSink());
        var result = await flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken).WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1_000, result.ItemsWritten);
        Assert.Equal("flow threads", Assert.Single(threads).Name);
        await RealPolls.Until(() => !threads.Single().IsAlive);
    }

    [Fact]
    public async Task Rounds_do_not_meet_on_a_scheduler_with_many_threads()
    {
        var inside = 0;
        var met = false;
        var written = 0;
        var flow = new Dataflow("pool");
        var streams = Enumerable.Range(0, 4).Select(i => flow.Input($"in {i}", Bridge.From(Slow()).ToSource(new BridgeOptions { MaxBatchSize = 5 })))
            .ToArray();
        streams[0].Merge(streams[1..]).Output("out", Bridge.To<int>(async (_, _) =>
        {
            met |= Interlocked.Increment(ref inside) > 1;
            written++;
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        }).ToSink());
        var run = flow.RunAsync(new FlowOptions { Scheduler = TaskPoolScheduler.Default }, TestContext.Current.CancellationToken);
        Assert.Equal(4_000, (await run.WaitAsync(Times.Patience, TestContext.Current.CancellationToken)).ItemsWritten);
        Assert.Equal(4_000, written);
        Assert.False(met);
    }

    [Fact]
    public void Clients_that_do_not_close_in_time_are_named()
    {
        var flow = new Dataflow("hanging");
        flow.Input("in", Bridge.From(Observable.Return(1)).ToSource()).Output("out", new NeverClosingSink());
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock, CloseTimeout = TimeSpan.FromTicks(700) });
        _clock.Start();
        Assert.Equal(["out/0"], run.GetAwaiter().GetResult().NotClosed);
        Assert.Equal(700, _clock.Clock);
    }

    [Fact]
    public void Progress_tells_at_intervals_and_at_the_end()
    {
        var flow = new Dataflow("progress");
        var steps = Enumerable.Range(0, 100).Select(i => new Step(i * 10, i)).Append(new Step(1_000, null, Ends: true));
        flow.Input("in", Bridge.From(new ScriptedClient<int>(_clock, steps)).ToSource(new BridgeOptions { MaxBatchSize = 10 }))
            .Output("out", To(new List<int>()));
        var run = flow.Start(new FlowOptions { Scheduler = _clock, ProgressInterval = TimeSpan.FromTicks(305) });
        var told = new List<FlowProgress>();
        var completed = false;
        run.Progress.Subscribe(told.Add, () => completed = true);
        _clock.Start();
        Assert.Equal([305, 610, 915, 1_000], told.Select(one => one.At.Ticks));
        Assert.Equal([30, 60, 90, 100], told.Select(one => one.ItemsRead));
        Assert.Equal([30, 60, 90, 100], told.Select(one => one.ItemsWritten));
        Assert.Equivalent(
            new SourceProgress { Step = "in", Partition = "0", Items = 30, Batches = 3, Queued = 1, Lag = TimeSpan.FromTicks(5) },
            told[0].Sources.Single(), strict: true);
        Assert.Equivalent(
            new SinkProgress { Step = "out", Partition = "0", Items = 30, Batches = 3 }, told[0].Sinks.Single(), strict: true);
        Assert.True(told[^1].Sources.Single().IsComplete);
        Assert.True(completed);
    }

    [Fact]
    public async Task An_observer_of_the_progress_that_throws_keeps_no_run_from_ending()
    {
        using var source = new Subject<int>();
        var flow = new Dataflow("thrown at");
        flow.Input("in", Bridge.From(source).ToSource()).Output("out", To(new List<int>()));
        var run = flow.Start(cancellationToken: TestContext.Current.CancellationToken);
        using var watching = run.Progress.Where(progress => progress.IsLast).Subscribe(_ => throw new InvalidOperationException("the observer's"));
        await RealPolls.Until(() => source.HasObservers);
        source.OnNext(1);
        source.OnCompleted();
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, result.ItemsWritten);
    }

    [Fact]
    public async Task Who_awaits_the_run_has_seen_its_last_progress()
    {
        for (var round = 0; round < 50; round++)
        {
            var flow = new Dataflow("last");
            Numbers(flow, "in", 10).Output("out", To(new List<int>()));
            FlowProgress? last = null;
            var completed = false;
            var run = flow.Start(cancellationToken: TestContext.Current.CancellationToken);
            using (run.Progress.Subscribe(progress => last = progress, () => completed = true))
            {
                await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
            }

            Assert.Equal((10, true), (last?.ItemsWritten, last?.IsLast));
            Assert.True(completed);
        }
    }

    private static FlowStream<int> Numbers(Dataflow flow, string step, int count) =>
        flow.Input(step, Bridge.From(Enumerable.Range(0, count).ToAsyncEnumerable()).ToSource(new BridgeOptions { MaxBatchSize = 4 }));

    private static DynamicSink<T> To<T>(List<T> list) => Bridge.ToBatches<T>((items, _) =>
    {
        list.AddRange(items);
        return Task.CompletedTask;
    }).ToSink();

    private static async IAsyncEnumerable<int> Slow()
    {
        for (var i = 0; i < 1_000; i++)
        {
            if (i % 10 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    private FlowResult RunToEnd(Dataflow flow)
    {
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        return run.GetAwaiter().GetResult();
    }

    private sealed class NeverClosingSink : DynamicSink<int>
    {
        public override StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) => new Partition();

        private sealed class Partition : StatelessSinkPartition<int>
        {
            public override void WriteBatch(IReadOnlyList<int> items)
            {
            }

            public override ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
        }
    }
}
