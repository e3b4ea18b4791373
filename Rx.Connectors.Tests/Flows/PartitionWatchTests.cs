using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Q4: partitions that come and go while the flow runs.</summary>
public sealed class PartitionWatchTests : IDisposable
{
    private readonly Subject<Unit> _changes = new();

    public void Dispose() => _changes.Dispose();

    [Fact]
    public void Q4_a_partition_that_comes_is_read_and_the_flow_completes_only_when_the_watch_does()
    {
        var rig = Rig(("a", 9));
        var run = rig.Start();
        rig.Clock.AdvanceTo(10_000);
        Assert.Equal(9, run.GetProgress().ItemsRead);
        Assert.False(run.Completion.IsCompleted);
        rig.Parts.Add("b", 7);
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(20_000);
        Assert.Equal(16, run.GetProgress().ItemsRead);
        Assert.False(run.Completion.IsCompleted);
        _changes.OnCompleted();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Completed, run.Completion.GetAwaiter().GetResult().Outcome);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_P10_a_watched_source_may_begin_without_any_partition()
    {
        var rig = Rig();
        var run = rig.Start();
        rig.Clock.AdvanceTo(10_000);
        Assert.False(run.Completion.IsCompleted);
        rig.Parts.Add("b", 7);
        _changes.OnNext(Unit.Default);
        _changes.OnCompleted();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Completed, run.Completion.GetAwaiter().GetResult().Outcome);
        rig.AssertExact();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Q4_a_partition_that_goes_is_snapshotted_committed_and_closed_and_goes_on_when_it_is_back(int workers)
    {
        var rig = Rig(("a", 20), ("b", 3));
        rig.Workers = workers;
        rig.Endless.UnionWith(["a", "b"]);
        var run = rig.Start();
        rig.Clock.AdvanceTo(35);
        rig.Parts.Remove("a");
        rig.On = line => Assert.False(line.StartsWith("poll a", StringComparison.Ordinal), line);
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(5_000);
        var left = Assert.Single(rig.LogOf("close a").Concat([])) is not null ? rig.Store!["in", "a"]! : "";
        Assert.InRange(int.Parse(left, null), 1, 19);
        Assert.Equal($"committed a {left}", rig.LogOf("committed a")[^1]);
        rig.On = null;
        rig.Parts.Add("a", 20);
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(10_000);
        Assert.Equal($"build a {left}", rig.LogOf("build a")[^1]);
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_without_a_store_too_a_partition_that_comes_back_goes_on_where_it_was()
    {
        var rig = Rig(("a", 20));
        rig.Store = null;
        rig.Endless.Add("a");
        var run = rig.Start();
        rig.Clock.AdvanceTo(35);
        rig.Parts.Remove("a");
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(50);
        rig.Parts.Add("a", 20);
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(5_000);
        run.Stop();
        rig.Clock.Start();
        Assert.Equal(2, rig.LogOf("build a").Count);
        rig.AssertExact();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Q4_one_that_is_back_before_its_end_is_committed_waits_for_that(int workers)
    {
        var rig = Rig(("a", 200), ("b", 90));
        rig.Workers = workers;
        rig.Store!.Commit = (_, _) => EndOfSourceTests.Later(rig.Clock, 100);
        var run = rig.Start();
        rig.Clock.AdvanceTo(335);
        rig.Parts.Remove("a");
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(340);
        rig.Parts.Add("a", 200);
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(345);
        Assert.Single(rig.LogOf("build a"));
        _changes.OnCompleted();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Completed, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal(2, rig.LogOf("build a").Count);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_one_that_goes_again_while_it_waits_to_come_back_does_not_come_back()
    {
        var rig = Rig(("a", 200), ("b", 300));
        rig.Store!.Commit = (_, _) => EndOfSourceTests.Later(rig.Clock, 100);
        var run = rig.Start();
        rig.Clock.AdvanceTo(335);
        foreach (var isThere in new[] { false, true, false, true, false })
        {
            _ = isThere ? rig.Parts.TryAdd("a", 200) : rig.Parts.Remove("a");
            _changes.OnNext(Unit.Default);
            rig.Clock.AdvanceTo(rig.Clock.Clock + 2);
        }

        rig.Clock.AdvanceTo(2_000);
        Assert.Single(rig.LogOf("build a"));
        rig.Parts.Add("a", 200);
        _changes.OnNext(Unit.Default);
        _changes.OnCompleted();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Completed, run.Completion.GetAwaiter().GetResult().Outcome);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Q4_F3_whatever_comes_and_goes_is_read_once_over_crashes_and_workers() =>
        Gen.Select(
            Gen.Int[1, 30].Array[3],
            Gen.Select(Gen.Int[0, 7], Gen.Int[1, 60]).Array[0, 8],
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 40], Gen.Int[0, 120], Gen.Int[0, 30])).Sample((sizes, changes, settings) =>
        {
            var (workers, epoch, crash, slow) = settings;
            using var changed = new Subject<Unit>();
            var all = sizes.Select((size, i) => (Key: $"p{i}", size)).ToArray();
            var rig = Rig(all);
            rig.Source.Changes = changed;
            rig.Workers = workers;
            rig.Epoch = epoch.Ticks();
            rig.Store!.ChecksCut = true;
            rig.Store.Commit = (_, _) => slow == 0 ? Task.CompletedTask : EndOfSourceTests.Later(rig.Clock, slow);
            var left = crash;
            rig.On = line =>
            {
                if (line.StartsWith("write", StringComparison.Ordinal) && left-- == 0)
                {
                    throw new IOException("crashed");
                }
            };
            var run = rig.Start();
            foreach (var (mask, time) in changes.Append((7, 1)))
            {
                rig.Clock.AdvanceTo(rig.Clock.Clock + time);
                rig.Parts.Clear();
                foreach (var (key, size) in all.Where((_, i) => (mask & (1 << i)) != 0))
                {
                    rig.Parts.Add(key, size);
                }

                changed.OnNext(Unit.Default);
            }

            changed.OnCompleted();
            rig.Clock.Start();
            Assert.True(run.Completion.IsCompleted, "The run hangs.");
            rig.AssertClosed();
            if (run.Completion.IsFaulted)
            {
                rig.On = null;
                rig.Source.Changes = null;
                _ = rig.RunToEnd();
            }

            Assert.Null(rig.Store.Fault);
            rig.AssertExact();
        },
        iter: 400);

    [Fact]
    public void Q4_P3_those_that_come_are_polled_in_key_order_and_one_that_is_back_goes_on_in_its_place_and_count()
    {
        var rig = Rig(("d", 20), ("b", 20));
        rig.Endless.UnionWith(["d", "b"]);
        var run = rig.Start();
        rig.Clock.AdvanceTo(35);
        rig.Parts.Remove("b");
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(5_000);
        var before = run.GetProgress().Sources[0];
        Assert.Equal(("b", true), (before.Partition, before.IsComplete));
        foreach (var (key, items) in new[] { ("b", 20), ("a", 4), ("c", 4), ("e", 4) })
        {
            rig.Parts.Add(key, items);
        }

        _changes.OnNext(Unit.Default);
        _changes.OnCompleted();
        rig.Clock.AdvanceTo(50_000);
        var after = run.GetProgress().Sources;
        Assert.Equal(["a", "b", "c", "d", "e"], after.Select(one => one.Partition));
        Assert.Equal([4, 20, 4, 20, 4], after.Select(one => one.Items));
        Assert.InRange(before.Items, 1, 19);
        run.Stop();
        rig.Clock.Start();
        rig.AssertExact();
    }

    [Fact]
    public void Q4_what_changes_before_the_flow_listens_is_seen_too()
    {
        var rig = Rig(("a", 3));
        rig.Store!.Open = _ => EndOfSourceTests.Later(rig.Clock, 50);
        var run = rig.Start();
        rig.Clock.AdvanceTo(10);
        rig.Parts.Add("b", 4);
        _changes.OnNext(Unit.Default);
        rig.Clock.AdvanceTo(10_000);
        Assert.Equal(7, run.GetProgress().ItemsRead);
        _changes.OnCompleted();
        rig.Clock.Start();
        rig.AssertExact();
    }

    [Fact]
    public void Q4_signals_while_a_listing_is_under_way_lead_to_one_more()
    {
        var rig = Rig(("a", 3));
        var run = rig.Start();
        rig.Clock.AdvanceTo(10);
        rig.Source.List = async (_, _, _) =>
        {
            await EndOfSourceTests.Later(rig.Clock, 50);
            return ["a"];
        };
        rig.Clear();
        for (var i = 0; i < 5; i++)
        {
            _changes.OnNext(Unit.Default);
        }

        _changes.OnCompleted();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(2, rig.LogOf("list").Count);
    }

    public static TheoryData<string, IObservable<Unit>> InsideSubscribe => new()
    {
        { "completes", Observable.Empty<Unit>() },
        { "signals and completes", Observable.Return(Unit.Default) },
        { "signals thrice and completes", Observable.Repeat(Unit.Default, 3) },
        { "completes, and fails to be unsubscribed from", Observable.Create<Unit>(observer =>
        {
            observer.OnCompleted();
            return () => throw new IOException("unwatch");
        }) },
    };

    [Theory]
    [MemberData(nameof(InsideSubscribe))]
    public void Q4_changes_that_end_inside_Subscribe_end_nothing_else(string way, IObservable<Unit> changes)
    {
        var rig = Rig(("a", 900));
        rig.Source.Changes = changes;
        var run = rig.Start();
        rig.Clock.Start();
        var result = run.Completion.GetAwaiter().GetResult();
        Assert.Equal((FlowOutcome.Completed, 900L), (result.Outcome, result.ItemsRead));
        Assert.NotEmpty(way);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_changes_that_fail_inside_Subscribe_end_the_flow_with_their_error()
    {
        var rig = Rig(("a", 9));
        rig.Source.Changes = Observable.Throw<Unit>(new IOException("changes"));
        var run = rig.Start();
        rig.Clock.Start();
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("in", "changes"), (error.Step, error.InnerException!.Message));
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_changes_that_never_end_keep_the_flow_until_it_is_stopped()
    {
        var rig = Rig(("a", 9));
        rig.Source.Changes = Observable.Never<Unit>().StartWith(Unit.Default);
        var run = rig.Start();
        rig.Clock.AdvanceTo(10_000);
        Assert.False(run.Completion.IsCompleted);
        run.Stop();
        rig.Clock.Start();
        Assert.Equal(9, run.Completion.GetAwaiter().GetResult().ItemsRead);
    }

    private Rig Rig(params (string Key, int Items)[] partitions)
    {
        var rig = new Rig(partitions) { MaxBatchSize = 2, Pace = (key, next) => (((next * 5) + key[^1]) % 13).Ticks(), Epoch = 1_000.Ticks() };
        rig.Source.Changes = _changes;
        return rig;
    }
}
