using System.Reactive.Linq;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>The steps that people reach for first, and the start of a run.</summary>
public sealed class FlowStepTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly Dataflow _flow = new("steps");

    [Fact]
    public void Do_sees_each_item_and_lets_it_pass()
    {
        var (seen, sink) = (new List<int>(), new TestingSink<int>());
        Input(1, 2, 3).Do(seen.Add).Output("out", sink);
        Run();
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal([1, 2, 3], sink.Items);
    }

    [Fact]
    public void A_branch_sends_each_item_to_one_of_two_streams()
    {
        var (even, odd) = (new TestingSink<int>(), new TestingSink<int>());
        var (matching, others) = Input(1, 2, 3, 4, 5).Branch(item => item % 2 == 0);
        matching.Output("even", even);
        others.Output("odd", odd);
        Run();
        Assert.Equal([2, 4], even.Items);
        Assert.Equal([1, 3, 5], odd.Items);
    }

    [Fact]
    public void A_branch_of_which_one_side_leads_nowhere_is_refused()
    {
        Input(1).Branch(item => item > 0, "sides").Matching.Output("out", new TestingSink<int>());
        Assert.Contains("step 'sides'", Assert.Throws<InvalidOperationException>(() => { _ = _flow.Start(); }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SelectAsync_keeps_the_order_and_runs_so_many_at_a_time_and_the_worker_waits()
    {
        var calls = new ScriptedWrites<int>(_clock, call => WriteStep.Succeed((10 - call.Item).Ticks()));
        var sink = new TestingSink<string>();
        Input(1, 2, 3, 4, 5).SelectAsync(
            async (item, stop) =>
            {
                await calls.WriteAsync(item, stop);
                return $"<{item}>";
            },
            maxConcurrency: 3).Output("out", sink);
        Run();
        Assert.Equal(["<1>", "<2>", "<3>", "<4>", "<5>"], sink.Items);
        Assert.Equal(3, calls.MostAtOnce);
        Assert.InRange(_clock.Clock, 13, 20);
    }

    [Fact]
    public void Asynchronous_steps_follow_each_other_and_meet_in_one_sink()
    {
        var sink = new TestingSink<int>();
        var items = Input(1, 2, 3);
        items.Merge(items.DoAsync(Wait, 2).SelectAsync(async (item, _) =>
        {
            await Wait(item, default);
            return item * 10;
        }, 2)).Output("out", sink);
        Run();
        Assert.Equal([1, 2, 3, 10, 20, 30], sink.Items);
    }

    [Fact]
    public void F5_an_asynchronous_step_that_fails_is_named_and_the_others_are_cancelled()
    {
        var calls = new ScriptedWrites<int>(
            _clock, call => call.Item == 2 ? WriteStep.Fail(new IOException("no"), 5.Ticks()) : WriteStep.Hang);
        var sink = new TestingSink<int>();
        Input(1, 2, 3).DoAsync(calls.WriteAsync, 10, "lookup").Output("out", sink);
        var error = Assert.Throws<FlowException>(Run);
        Assert.Equal(("lookup", "iterable"), (error.Step, error.Partition));
        Assert.Equal("no", Assert.IsType<IOException>(error.InnerException).Message);
        Assert.Equal(2, calls.Cancelled);
        Assert.Empty(sink.Items);
    }

    [Fact]
    public void F5_an_asynchronous_step_that_returns_no_task_is_told_so()
    {
        Input(1).DoAsync((_, _) => null!, 1, "do").SelectAsync((item, _) => Task.FromResult(item), 1).Output("out", new TestingSink<int>());
        var error = Assert.Throws<FlowException>(Run);
        Assert.Equal(("do", "The action returned null instead of a task."), (error.Step, error.InnerException!.Message));
    }

    [Fact]
    public void F5_an_asynchronous_selector_that_returns_no_task_is_told_so()
    {
        Input(1).SelectAsync<int>((_, _) => null!, 1, "select").Output("out", new TestingSink<int>());
        var error = Assert.Throws<FlowException>(Run);
        Assert.Equal(("select", "The selector returned null instead of a task."), (error.Step, error.InnerException!.Message));
    }

    [Fact]
    public void F6_an_asynchronous_step_that_can_never_end_is_told_of_at_once()
    {
        Input(1).DoAsync(new ScriptedWrites<int>(_clock, _ => WriteStep.Hang).WriteAsync, 1, "hangs").Output("out", new TestingSink<int>());
        Assert.IsType<SchedulerDeadlockException>(Assert.Throws<FlowException>(Run).InnerException);
    }

    [Fact]
    public void F4_a_stop_writes_what_an_asynchronous_step_has_begun()
    {
        var sink = new TestingPartitionedSink<int>("a", "b");
        _flow.Input("in", Endless()).DoAsync(Wait, 3).Output("out", sink, item => $"{item}");
        var run = Start(new RecoveryOptions { Store = new TestingRecoveryStore() }, TimeSpan.FromMilliseconds(25));
        _clock.At(TimeSpan.FromMilliseconds(500).Ticks, run.Stop);
        var result = _clock.RunToEnd(run);
        Assert.Equal(FlowOutcome.Stopped, result.Outcome);
        Assert.Equal(Enumerable.Range(0, (int)result.ItemsRead), sink.Items.Order());
        Assert.InRange(result.Epochs.Committed, 3, 1_000);
    }

    [Fact]
    public void F4_an_abort_ends_an_asynchronous_step()
    {
        var calls = new ScriptedWrites<int>(_clock, _ => WriteStep.Hang);
        var sink = new TestingSink<int>();
        Input(1, 2).DoAsync(calls.WriteAsync, 10).Output("out", sink);
        var run = Start();
        _clock.At(50, run.Abort);
        Assert.Equal(FlowOutcome.Aborted, _clock.RunToEnd(run).Outcome);
        Assert.Equal(2, calls.Cancelled);
        Assert.Empty(sink.Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Redistribute_spreads_the_items_and_loses_none(int workers)
    {
        var by = new ByWorker();
        _flow.Input("in", new TestingSource<int>(Enumerable.Range(0, 100).Select(i => TestingItem.Of(i))) { MaxBatchSize = 10 })
            .Redistribute().Output("out", by);
        _clock.RunToEnd(_flow.Start(new FlowOptions { Scheduler = _clock, Workers = workers }));
        Assert.Equal(Enumerable.Range(0, 100), by.Written.SelectMany(static one => one.Value).Order());
        Assert.Equal(workers, by.Written.Count);
        Assert.All(by.Written.Values, items => Assert.Equal(100 / workers, items.Count));
        Assert.All(by.Written.Values, items => Assert.Equal(items.Order(), items));
    }

    [Fact]
    public async Task Redistribute_runs_a_costly_step_on_several_threads()
    {
        using var together = new Barrier(2);
        var flow = new Dataflow("costly");
        flow.Input("in", new TestingSource<int>(Enumerable.Range(0, 20).Select(i => TestingItem.Of(i))) { MaxBatchSize = 20 })
            .Redistribute()
            // Each call waits for another one: on one thread none would ever end.
            .Do(_ => Assert.True(together.SignalAndWait(Times.Patience)))
            .Output("out", new TestingSink<int>());
        Assert.Equal(20, (await flow.RunAsync(new FlowOptions { Workers = 2 }).WaitAsync(Times.Patience)).ItemsWritten);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void F3_what_is_spread_and_awaited_is_written_before_its_epoch_is_captured(int workers)
    {
        var store = new TestingRecoveryStore();
        var sink = new TestingPartitionedSink<int>("a", "b", "c");
        var flow = new Dataflow("spread");
        flow.Input("in", new TestingSource<int>(Enumerable.Range(0, 200).Select(i => TestingItem.Of(i))) { MaxBatchSize = 9 })
            .Redistribute().DoAsync(Wait, 2).Output("out", sink, item => $"{item}");
        var runs = 0;
        FlowOutcome outcome;
        do
        {
            Assert.InRange(++runs, 1, 100);
            var run = flow.Start(new FlowOptions
            {
                Scheduler = _clock,
                Workers = workers,
                EpochInterval = TimeSpan.FromMilliseconds(20),
                Recovery = new RecoveryOptions { Store = store },
            });
            _clock.At(_clock.Clock + TimeSpan.FromMilliseconds(90).Ticks, run.Abort);
            outcome = _clock.RunToEnd(run).Outcome;
        }
        while (outcome != FlowOutcome.Completed);

        Assert.InRange(runs, 2, 100);
        Assert.Equal(Enumerable.Range(0, 200), sink.Items.Order());
    }

    [Fact]
    public void F5_an_error_behind_Redistribute_names_the_step_and_the_partition()
    {
        Input(1, 2, 3).Redistribute().Select<int>(_ => throw new IOException("no"), "late").Output("out", new TestingSink<int>());
        var error = Assert.Throws<FlowException>(() => _clock.RunToEnd(_flow.Start(new FlowOptions { Scheduler = _clock, Workers = 2 })));
        Assert.Equal(("late", "iterable"), (error.Step, error.Partition));
    }

    [Fact]
    public void Arguments_of_steps_are_checked()
    {
        var items = Input(1);
        Assert.Throws<ArgumentNullException>("action", () => items.Do(null!));
        Assert.Throws<ArgumentNullException>("action", () => items.DoAsync(null!, 1));
        Assert.Throws<ArgumentNullException>("selector", () => items.SelectAsync<int>(null!, 1));
        Assert.Throws<ArgumentNullException>("predicate", () => items.Branch(null!));
        Assert.Throws<ArgumentOutOfRangeException>("maxConcurrency", () => items.DoAsync((_, _) => Task.CompletedTask, 0));
    }

    [Fact]
    public void Started_ends_when_every_source_is_subscribed()
    {
        var subscribed = 0;
        var feed = Observable.Create<int>(observer =>
        {
            subscribed++;
            return _clock.At(100, observer.OnCompleted);
        });
        _flow.Input("in", Rx.Connectors.Bridging.Bridge.From(feed).ToSource()).Output("out", new TestingSink<int>());
        var run = _flow.Start(new FlowOptions { Scheduler = _clock, Workers = 3 });
        Assert.False(run.Started.IsCompleted);
        _clock.AdvanceTo(50);
        Assert.True(run.Started.IsCompletedSuccessfully);
        Assert.Equal(1, subscribed);
        _clock.RunToEnd(run);
    }

    [Fact]
    public void Started_fails_with_the_run_or_is_cancelled_with_it()
    {
        _flow.Input("in", new Unlistable()).Output("out", new TestingSink<int>());
        var failed = Start();
        Assert.Throws<FlowException>(() => _clock.RunToEnd(failed));
        Assert.Same(failed.Completion.Exception!.InnerException, failed.Started.Exception!.InnerException);
        var stopped = Start();
        stopped.Stop();
        _clock.RunToEnd(stopped);
        Assert.True(stopped.Started.IsCanceled);
    }

    [Fact]
    public void A_source_or_sink_that_lists_its_partitions_in_no_way_is_refused_when_the_flow_is_composed()
    {
        var source = Assert.Throws<ArgumentException>("source", () => _flow.Input("in", new Listless()));
        Assert.Contains("Listless does not say which partitions it has. Override ListPartitions, or ListPartitionsAsync", source.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("sink", () => Input(1).Output("out", new ListlessSink(), item => $"{item}"));
    }

    private FlowStream<int> Input(params int[] items) =>
        _flow.Input("in", new TestingSource<int>(items.Select(i => TestingItem.Of(i))) { MaxBatchSize = 10 });

    private static TestingSource<int> Endless()
    {
        return new TestingSource<int>(Numbers()) { MaxBatchSize = 7 };

        static IEnumerable<TestingItem<int>> Numbers()
        {
            for (var i = 0; ; i++)
            {
                yield return i;
            }
        }
    }

    private async Task Wait(int item, CancellationToken stop) =>
        await Task.Delay(TimeSpan.FromMilliseconds((item % 3) + 1), _clock.ToTimeProvider(), stop);

    private FlowRun Start(RecoveryOptions? recovery = null, TimeSpan? interval = null) => _flow.Start(
        new FlowOptions { Scheduler = _clock, Recovery = recovery, EpochInterval = interval ?? TimeSpan.FromSeconds(10) });

    private FlowResult Run() => _clock.RunToEnd(Start());

    private sealed class ByWorker : DynamicSink<int>
    {
        public SortedDictionary<int, List<int>> Written { get; } = [];

        public override StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) => new Partition(this, workerIndex);

        private sealed class Partition(ByWorker sink, int worker) : StatelessSinkPartition<int>
        {
            public override void WriteBatch(IReadOnlyList<int> items)
            {
                sink.Written.TryAdd(worker, []);
                sink.Written[worker].AddRange(items);
            }
        }
    }

    private sealed class Unlistable : Source
    {
        public override IReadOnlyList<string> ListPartitions() => throw new IOException("no");
    }

    private sealed class Listless : Source;

    private abstract class Source : FixedPartitionedSource<int, int>
    {
        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            throw new NotSupportedException();
    }

    private sealed class ListlessSink : FixedPartitionedSink<int, int>
    {
        public override StatefulSinkPartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            throw new NotSupportedException();
    }
}
