using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>P5 and P6: what happens at the end of a partition, and to those that have nothing.</summary>
public sealed class EndOfSourceTests
{
    [Fact]
    public void P5_at_the_end_of_a_source_come_its_snapshot_the_commit_the_ack_and_then_its_closing()
    {
        var rig = new Rig(("a", 2), ("b", 3)) { Endless = { "b" } };
        var run = rig.Start();
        rig.Clock.AdvanceTo(1_000);
        Assert.Equal(
            ["snapshot a 2", "commit 3", "durable 3", "committed a 2", "close a"],
            rig.LogOf("snapshot a", "commit 3", "durable 3", "committed a", "close a"));
        Assert.False(run.Completion.IsCompleted);
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Single(rig.LogOf("close a"));
        rig.AssertClosed();
    }

    [Fact]
    public void P5_a_partition_that_ends_while_a_commit_hangs_is_closed_after_the_next_one()
    {
        var rig = new Rig(("a", 4), ("b", 100)) { MaxBatchSize = 1, Pace = (key, _) => key == "a" ? 100.Ticks() : 10.Ticks() };
        rig.Store!.Commit = (number, _) => number == 3 ? Later(rig.Clock, 500) : Task.CompletedTask;
        var run = rig.Start();
        rig.Clock.At(250, () => run.CloseEpochAsync());
        rig.Clock.AdvanceTo(740);
        Assert.Empty(rig.LogOf("close a"));
        rig.Clock.AdvanceTo(800);
        Assert.Equal(["close a"], rig.LogOf("close a"));
        Assert.Equal(["committed a 2", "committed a 4"], rig.LogOf("committed a"));
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        rig.AssertExact();
    }

    [Fact]
    public void P5_without_a_store_too_the_end_is_acked_before_it_is_closed()
    {
        var rig = new Rig(("a", 2)) { Store = null };
        _ = rig.RunToEnd();
        Assert.Equal(["snapshot a 2", "committed a 2", "close a"], rig.LogOf("snapshot a", "committed a", "close a"));
    }

    [Fact]
    public void P5_no_partition_is_snapshotted_after_it_is_closed_however_many_epochs_follow()
    {
        // A snapshot of a closed partition would throw, and end the flow.
        var rig = new Rig(("a", 2), ("b", 50), ("c", 0)) { Pace = (_, _) => 10.Ticks(), Epoch = 15.Ticks(), Workers = 2 };
        _ = rig.RunToEnd();
        rig.AssertExact();
        rig.AssertClosed();
        Assert.Single(rig.LogOf("close a"));
    }

    [Fact]
    public void P5_partitions_that_end_together_share_epochs_and_each_is_acked_before_it_is_closed()
    {
        const int Count = 320;
        var rig = new Rig([.. Enumerable.Range(0, Count).Select(i => ($"p{i:D3}", 2))]) { Store = null };
        _ = rig.RunToEnd();
        rig.AssertExact();
        rig.AssertClosed();
        // An epoch for each end would be half of their number for each.
        Assert.InRange(rig.LogOf("snapshot p").Count, Count, 20 * Count);
        foreach (var key in rig.Parts.Keys)
        {
            Assert.Equal([$"committed {key} 2", $"close {key}"], rig.LogOf($"committed {key}", $"close {key}"));
        }
    }

    [Fact]
    public void P6_a_partition_that_is_asleep_takes_part_in_every_epoch()
    {
        var rig = new Rig(("a", 3), ("b", 60))
        {
            Endless = { "a" },
            Pace = (key, next) => key == "a" && next > 0 ? TimeSpan.FromDays(1) : 10.Ticks(),
            Epoch = 30.Ticks(),
        };
        var run = rig.Start();
        rig.Clock.AdvanceTo(1_000);
        var polls = rig.LogOf("poll a").Count;
        Assert.Equal(1, polls);
        Assert.True(rig.LogOf("snapshot a 3").Count > 3);
        Assert.Equal(["committed a 3"], rig.LogOf("committed a"));
        run.Stop();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Stopped, run.Completion.GetAwaiter().GetResult().Outcome);
    }

    internal static Task Later(VirtualScheduler clock, int ticks)
    {
        var later = new TaskCompletionSource();
        clock.At(clock.Clock + ticks, later.SetResult);
        return later.Task;
    }

    internal static Task Never(CancellationToken stop)
    {
        var never = new TaskCompletionSource();
        stop.Register(() => never.TrySetCanceled(stop));
        return never.Task;
    }
}
