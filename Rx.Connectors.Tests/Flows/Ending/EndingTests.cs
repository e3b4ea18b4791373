using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A run ends although somebody whom it calls does not come back, and names who. On the real clock: threads are the subject.</summary>
[Trait("speed", "slow")]
public sealed class EndingTests
{
    // What can block, whose name is told of it, and whether its task can also never end.
    private static readonly (string At, string Name, bool CanBeAsync)[] _aborts =
    [
        ("list", "in", true), ("open", "recovery store", true), ("build", "in/p", false), ("start", "in/p", false), ("poll", "in/p", false),
        ("step", "step/p", false), ("write", "out/q", false), ("commit", "recovery store", true), ("flush", "out/q", true),
        ("snapshot", "in/p", false), ("committed", "in/p", false), ("close source", "in/p", true), ("close sink", "out/q", true),
        ("close store", "recovery store", true), ("unsubscribe", "in/p", false), ("unwatch", "in", false), ("callback", "cancellation", false),
        ("progress", "progress", false),
    ];

    public static TheoryData<string, string, bool> Aborts => [.. Cases(_aborts)];

    public static TheoryData<string, string, bool> Stops =>
        [.. Cases(_aborts).Where(one => one.Data.Item1 is not ("write" or "callback"))];

    [Theory]
    [MemberData(nameof(Aborts))]
    public async Task An_aborted_run_ends_although_somebody_does_not_come_back(string at, string name, bool blocks)
    {
        using var trap = new Trap(at, blocks);
        var run = Start(trap);
        await Reach(run, trap, at);
        // A thread of its own: what is called on it may block, and then says so by the test's patience.
        await Task.Run(run.Abort, TestContext.Current.CancellationToken).WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(FlowOutcome.Aborted, result.Outcome);
        Assert.Contains(name, result.NotClosed);
        Assert.Contains(result.NotClosedDetails, one => one.StartsWith($"{name} (", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Stops))]
    public async Task A_stopped_run_ends_although_somebody_does_not_come_back(string at, string name, bool blocks)
    {
        using var trap = new Trap(at, blocks);
        using var stop = new CancellationTokenSource();
        var run = Start(trap, stop: stop.Token);
        await Reach(run, trap, at);
        await Task.Run(stop.Cancel, TestContext.Current.CancellationToken).WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        IReadOnlyList<string> left;
        try
        {
            left = (await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken)).NotClosed;
        }
        catch (FlowException error)
        {
            left = error.NotClosed;
            Assert.Contains($"{name} (", error.Message, StringComparison.Ordinal);
        }

        Assert.Contains(name, left);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_partition_whose_end_is_committed_does_not_hold_up_the_others_while_it_closes(bool blocks)
    {
        using var trap = new Trap("close source", blocks);
        using var open = new Trap("nowhere", blocks);
        var flow = new Dataflow("f");
        flow.Input("in", new EndingSource(trap)).Output("out", new TrapSink(open), item => $"{item}");
        var run = flow.Start(new FlowOptions { CloseTimeout = TimeSpan.FromSeconds(2), EpochInterval = TimeSpan.Zero });
        await trap.Entered.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        await RealPolls.Until(() => run.GetProgress().ItemsWritten > 100);
        run.Stop();
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["in/ends"], result.NotClosed);
    }

    [Fact]
    public void F6_in_virtual_time_a_commit_that_never_ends_is_given_up_by_the_virtual_clock()
    {
        using var trap = new Trap("commit", blocks: false);
        var clock = new VirtualScheduler();
        var run = Start(trap, clock: clock);
        clock.AdvanceTo(TimeSpan.FromSeconds(20).Ticks);
        run.Stop();
        clock.AdvanceTo(TimeSpan.FromSeconds(40).Ticks);
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("F3", (string?)null), (error.Rule, error.Step));
        Assert.Equal(["recovery store"], error.NotClosed);
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_its_store_opens_is_told_so_and_closes_what_still_opens()
    {
        using var trap = new Trap("open", blocks: false);
        var run = Start(trap);
        await trap.Entered.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        run.Stop();
        Assert.True(run.IsStopping);
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((FlowOutcome.Stopped, 0L), (result.Outcome, result.ItemsRead));
    }

    private static IEnumerable<TheoryDataRow<string, string, bool>> Cases((string At, string Name, bool CanBeAsync)[] cases) =>
        cases.SelectMany(one => one.CanBeAsync ? new[] { true, false } : [true], (one, blocks) => new TheoryDataRow<string, string, bool>(one.At, one.Name, blocks));

    // Those that are only called when the run ends are there once it runs.
    private static Task Reach(FlowRun run, Trap trap, string at) =>
        at is "close source" or "close sink" or "close store" or "unsubscribe" or "unwatch" or "callback" or "progress"
            ? RealPolls.Until(() => run.GetProgress().ItemsWritten == 3)
            : trap.Entered.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);

    private static FlowRun Start(Trap trap, VirtualScheduler? clock = null, CancellationToken stop = default)
    {
        var flow = new Dataflow("f");
        flow.Input("in", new TrapSource(trap))
            .Select(
                item =>
                {
                    trap.Pass("step");
                    return item;
                },
                "step")
            .Output("out", new TrapSink(trap), item => $"{item}");
        var run = flow.Start(
            new FlowOptions
            {
                Scheduler = clock,
                CloseTimeout = TimeSpan.FromMilliseconds(500),
                EpochInterval = TimeSpan.FromMilliseconds(10),
                Recovery = new RecoveryOptions { Store = new TrapStore(trap) },
            },
            stop);
        run.Progress.Subscribe(progress => trap.Pass(progress.IsLast ? "progress" : ""));
        return run;
    }

    private sealed class EndingSource(Trap trap) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["ends", "goes on"];

        public override StatefulSourcePartition<int, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState) =>
            new Partition(trap, partition == "ends");

        private sealed class Partition(Trap trap, bool ends) : StatefulSourcePartition<int, int>
        {
            private int _next;

            public override IReadOnlyList<int>? NextBatch() => ends ? null : [_next++];

            public override ResumeState<int> Snapshot() => _next;

            public override async ValueTask DisposeAsync()
            {
                if (ends)
                {
                    await trap.Go("close source");
                }
            }
        }
    }
}
