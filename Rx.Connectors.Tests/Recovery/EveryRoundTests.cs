using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>An <see cref="FlowOptions.EpochInterval"/> of zero: each round is an epoch, committed before the next is polled.</summary>
public sealed class EveryRoundTests
{
    private const int Items = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("speed", "slow")]
    public async Task Q5_what_was_polled_before_an_abort_is_committed_also_on_the_real_clock(int workers)
    {
        var store = new InMemoryRecoveryStore();
        var source = new TestingSource<int>([.. Enumerable.Range(0, Items).Select(i => TestingItem.Of(i)), TestingItem.Abort]);
        var sink = new TestingSink<int>();
        var options = new FlowOptions { EpochInterval = TimeSpan.Zero, Workers = workers, Recovery = new RecoveryOptions { Store = store } };
        await Assert.ThrowsAsync<AbortFlowException>(() => Make(source, sink).RunAsync(options).WaitAsync(Times.Patience));
        Assert.Equal(Items, sink.Items.Count);
        var again = await Make(source, sink).RunAsync(options).WaitAsync(Times.Patience);
        Assert.Equal(0, again.ItemsRead);
        Assert.Equal(Items, sink.Items.Count);
    }

    [Fact]
    public void Q5_there_are_as_many_epochs_as_rounds()
    {
        var clock = new VirtualScheduler();
        var source = new TestingSource<int>([.. Enumerable.Range(0, Items).Select(i => TestingItem.Of(i))]);
        var result = clock.RunToEnd(Make(source, new TestingSink<int>()).Start(new FlowOptions
        {
            Scheduler = clock,
            EpochInterval = TimeSpan.Zero,
            Recovery = new RecoveryOptions { Store = new InMemoryRecoveryStore() },
        }));
        Assert.Equal((Items, Items), (result.ItemsRead, result.Epochs.Committed));
    }

    [Fact]
    public void Q5_the_next_round_waits_for_a_commit_that_takes_long()
    {
        var rig = new Rig(("a", 9), ("b", 9)) { Epoch = TimeSpan.Zero };
        rig.Sink = new RigSink(rig, 1);
        rig.Store!.Plan.DelayAll(TimeSpan.FromMilliseconds(10), rig.Clock);
        var run = rig.Start();
        var most = 0L;
        for (var i = 0; i < 100 && !run.Completion.IsCompleted; i++)
        {
            rig.Clock.AdvanceBy(TimeSpan.TicksPerMillisecond);
            most = Math.Max(most, run.GetProgress().ItemsRead - (6 * rig.Store.Plan.Commits.Count));
        }

        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.InRange(most, 1, 6);
        rig.AssertExact();
    }

    private static Dataflow Make(TestingSource<int> source, TestingSink<int> sink)
    {
        var flow = new Dataflow("rounds");
        flow.Input("in", source).Output("out", sink);
        return flow;
    }
}
