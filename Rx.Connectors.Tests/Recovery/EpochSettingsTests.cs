using System.Reactive;
using System.Reactive.Subjects;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>When epochs are closed (Q5), and that closing none costs nothing (F2).</summary>
public sealed class EpochSettingsTests
{
    [Fact]
    public void Q5_an_epoch_is_closed_when_its_interval_is_over_counted_from_its_first_poll()
    {
        using var signals = new Subject<Unit>();
        var rig = Idle(signals);
        var run = rig.Start();
        rig.Clock.AdvanceTo(10_000);
        rig.Clear();
        foreach (var at in new[] { 20_000, 20_400, 50_000 })
        {
            rig.Clock.AdvanceTo(at);
            rig.Parts["a"] += 1;
            signals.OnNext(Unit.Default);
        }

        var closed = new List<long>();
        rig.On = line =>
        {
            if (line.StartsWith("snapshot a", StringComparison.Ordinal))
            {
                closed.Add(rig.Clock.Clock);
            }
        };
        rig.Clock.AdvanceTo(100_000);
        Assert.Equal([51_000], closed);
        Assert.Equal(2, rig.LogOf("snapshot a").Count);
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void F2_an_idle_flow_arms_no_timer_with_recovery_on_either(int workers)
    {
        using var signals = new Subject<Unit>();
        var rig = Idle(signals);
        rig.Workers = workers;
        rig.Parts.Add("b", 0);
        rig.Endless.Add("b");
        var run = rig.Start();
        rig.Clock.Start();
        // Everything that was to be done is done, and the clock has stopped by itself.
        Assert.Equal(0, rig.Clock.Pending);
        Assert.False(run.Completion.IsCompleted);
        Assert.InRange(rig.Clock.Clock, 1_000, 1_100);
        var polls = rig.LogOf("poll").Count;
        signals.OnNext(Unit.Default);
        rig.Clock.Start();
        Assert.Equal(0, rig.Clock.Pending);
        Assert.Equal(polls + 2, rig.LogOf("poll").Count);
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Q5_a_zero_interval_closes_an_epoch_after_every_round_with_a_poll()
    {
        var rig = new Rig(("a", 30)) { Epoch = TimeSpan.Zero, Pace = (_, _) => 10.Ticks() };
        rig.Sink = new RigSink(rig, 1);
        _ = rig.RunToEnd();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"committed a {3 * i}"), rig.LogOf("committed"));
        rig.AssertExact();
    }

    [Fact]
    public void F2_a_zero_interval_does_not_spin_while_nothing_is_polled()
    {
        using var signals = new Subject<Unit>();
        var rig = Idle(signals);
        rig.Epoch = TimeSpan.Zero;
        _ = rig.Start();
        rig.Clock.Start();
        Assert.Equal(0, rig.Clock.Pending);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    public void Q5_an_epoch_is_closed_after_so_many_items_of_all_partitions(int items)
    {
        var rig = new Rig(("a", 30), ("b", 30)) { MaxEpochItems = items, Pace = (_, _) => 10.Ticks(), Epoch = TimeSpan.FromDays(1) };
        rig.Sink = new RigSink(rig, 1);
        var result = rig.RunToEnd();
        // One poll may bring more than is missing, and both are due at once.
        Assert.InRange(result.Epochs.Committed - 1, 60 / (items + 3), (60 / Math.Max(items, 3)) + 2);
        rig.AssertExact();
    }

    [Fact]
    public void CloseEpochAsync_covers_what_was_polled_before_the_call_also_while_a_commit_is_under_way()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks(), Epoch = TimeSpan.FromDays(1) };
        rig.Sink = new RigSink(rig, 1);
        rig.Store!.Commit = (_, _) => EndOfSourceTests.Later(rig.Clock, 35);
        var run = rig.Start();
        var covered = new List<(long Read, Task<long> Closed)>();
        foreach (var at in new[] { 45, 52, 60, 61, 95, 140 })
        {
            rig.Clock.At(at, () =>
            {
                var written = rig.Sink.All.Count();
                covered.Add((written, run.CloseEpochAsync()));
            });
        }

        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(6, covered.Count);
        foreach (var (read, closed) in covered)
        {
            var epoch = closed.GetAwaiter().GetResult();
            var position = rig.Store.Commits.Where(commit => commit.Number <= epoch).SelectMany(commit => commit.Changes)
                .Last(state => state.Partition == "a").State;
            Assert.True(int.Parse(position!, null) >= read);
        }
    }

    [Fact]
    public void CloseEpochAsync_without_a_store_ends_when_everything_is_flushed()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks(), Store = null };
        rig.Sink.Flush = (_, _) => EndOfSourceTests.Later(rig.Clock, 30);
        var run = rig.Start();
        rig.Clock.AdvanceTo(45);
        var closed = run.CloseEpochAsync();
        rig.Clock.AdvanceTo(70);
        Assert.False(closed.IsCompleted);
        rig.Clock.AdvanceTo(80);
        Assert.Equal(0, closed.GetAwaiter().GetResult());
        rig.Clock.Start();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CloseEpochAsync_fails_when_the_run_ends_before(bool abort)
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks() };
        rig.Store!.Commit = (number, stop) => number > 2 ? EndOfSourceTests.Never(stop) : Task.CompletedTask;
        var run = rig.Start();
        rig.Clock.AdvanceTo(45);
        var closing = new[] { run.CloseEpochAsync(), run.CloseEpochAsync() };
        rig.Clock.AdvanceTo(60);
        var later = run.CloseEpochAsync();
        if (abort)
        {
            run.Abort();
        }
        else
        {
            rig.On = line => _ = line.StartsWith("poll", StringComparison.Ordinal) ? throw new IOException("lost") : 0;
        }

        rig.Clock.AdvanceTo(10_000);
        Assert.True(run.Completion.IsCompleted);
        Assert.All(closing.Append(later).Append(run.CloseEpochAsync()), task =>
            Assert.IsType<InvalidOperationException>(task.Exception!.InnerException));
    }

    [Fact]
    public void F2_a_commit_that_hangs_makes_no_round_and_no_timer_more()
    {
        var rig = new Rig(("a", 30_000)) { Pace = (_, _) => 10.Ticks(), Epoch = 10.Ticks(), MaxEpochItems = 1 };
        rig.Sink = new RigSink(rig, 1);
        rig.Store!.Commit = (number, stop) => number == 2 ? EndOfSourceTests.Never(stop) : Task.CompletedTask;
        var clock = new CountingClock();
        var run = rig.Start(rig.Flow(), clock);
        clock.AdvanceTo(1_000);
        var (before, polls) = (clock.Scheduled, rig.LogOf("poll").Count);
        clock.AdvanceTo(5_000);
        // A timer to poll, a timer for the epoch and their rounds.
        Assert.Equal(400, rig.LogOf("poll").Count - polls);
        Assert.InRange(clock.Scheduled - before, 400, 400 * 5);
        run.Abort();
        clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
    }

    private static Rig Idle(Subject<Unit> signals)
    {
        var rig = new Rig(("a", 3)) { Endless = { "a" }, Epoch = 1_000.Ticks() };
        rig.Source.Signals = _ => signals;
        return rig;
    }
}
