using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Q4: listings that take too long or fail, at the start and later.</summary>
public sealed class ListingTests
{
    [Fact]
    public void Q4_a_listing_that_takes_too_long_ends_the_flow_and_is_cancelled()
    {
        var rig = new Rig(("a", 1)) { ListTimeout = TimeSpan.FromMilliseconds(5) };
        var cancelled = false;
        rig.Source.List = (_, _, stop) =>
        {
            stop.Register(() => cancelled = true);
            return new(new TaskCompletionSource<IReadOnlyList<string>>().Task);
        };
        var error = rig.RunToFailure();
        Assert.Equal(
            "Flow 'rig', step 'in': its partitions were not listed within 00:00:00.0050000, the FlowOptions.ListTimeout", error.Message);
        Assert.True(cancelled);
        Assert.Equal(50_000, rig.Clock.Clock);
        Assert.Empty(rig.LogOf("open", "build"));
    }

    [Fact]
    public void Q4_F5_a_listing_that_fails_names_the_step_also_where_it_fails_by_a_timeout_of_its_own()
    {
        var rig = new Rig(("a", 1));
        rig.Source.List = (_, _, _) => throw new TimeoutException("the broker's");
        Assert.Equal("Flow 'rig', step 'in': its partitions could not be listed: the broker's", rig.RunToFailure().Message);
        Assert.Empty(rig.LogOf("open", "build"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Q4_a_later_listing_that_fails_or_hangs_ends_the_flow_and_closes_everything(bool hangs)
    {
        using var changes = new Subject<Unit>();
        var rig = new Rig(("a", 3)) { ListTimeout = TimeSpan.FromMilliseconds(5), Endless = { "a" } };
        rig.Source.Changes = changes;
        var run = rig.Start();
        rig.Clock.AdvanceTo(10);
        rig.Source.List = (_, _, _) => hangs ? new(new TaskCompletionSource<IReadOnlyList<string>>().Task) : throw new IOException("gone");
        changes.OnNext(Unit.Default);
        rig.Clock.Start();
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("in", hangs ? null : "gone"), (error.Step, error.InnerException?.Message));
        Assert.False(changes.HasObservers);
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_changes_that_fail_end_the_flow()
    {
        using var changes = new Subject<Unit>();
        var rig = new Rig(("a", 3)) { Endless = { "a" } };
        rig.Source.Changes = changes;
        var run = rig.Start();
        rig.Clock.AdvanceTo(10);
        changes.OnError(new IOException("watch lost"));
        rig.Clock.Start();
        Assert.Equal(
            "Flow 'rig', step 'in': its partition changes failed: watch lost", run.Completion.Exception!.InnerException!.Message);
        rig.AssertClosed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Q4_the_watch_is_let_go_of_whatever_ends_the_run(bool abort)
    {
        using var changes = new Subject<Unit>();
        var rig = new Rig(("a", 3)) { Endless = { "a" } };
        rig.Source.Changes = changes;
        var run = rig.Start();
        rig.Clock.AdvanceTo(10);
        Assert.True(changes.HasObservers);
        (abort ? run.Abort : (Action)run.Stop)();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.False(changes.HasObservers);
    }

    [Fact]
    public void Q4_a_watch_whose_subscribing_ends_the_run_is_let_go_of_too()
    {
        var rig = new Rig(("a", 3));
        var open = 0;
        rig.Source.Changes = Observable.Create<Unit>(_ =>
        {
            open++;
            rig.Last!.Abort();
            return Disposable.Create(() => open--);
        });
        Assert.Equal(FlowOutcome.Aborted, rig.Run().GetAwaiter().GetResult().Outcome);
        Assert.Equal(0, open);
        rig.AssertClosed();
    }

    [Fact]
    public void Q4_a_source_that_looks_again_at_intervals_uses_the_flow_s_clock()
    {
        var rig = new Rig(("a", 3));
        rig.Source.Changes = Observable.Interval(100.Ticks(), rig.Clock).Take(5).Select(_ => Unit.Default);
        rig.Clock.At(250, () => rig.Parts.Add("b", 4));
        _ = rig.RunToEnd();
        // At the start, once more when the flow listens, and after each signal.
        Assert.Equal(7, rig.LogOf("list").Count);
        rig.AssertExact();
    }
}
