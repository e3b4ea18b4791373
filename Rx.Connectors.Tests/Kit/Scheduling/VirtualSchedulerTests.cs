using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>The order of actions, and waiting from inside one.</summary>
public sealed class VirtualSchedulerTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void What_is_due_at_the_same_time_runs_as_it_was_scheduled()
    {
        Assert.Equal(Enumerable.Range(0, 20), Order(null));
    }

    [Fact]
    public void A_seed_draws_the_order_and_the_same_seed_the_same()
    {
        var orders = Enumerable.Range(1, 20).Select(seed => Order((ulong)seed)).ToList();
        Assert.All(orders, order => Assert.Equal(Enumerable.Range(0, 20), order.Order()));
        Assert.Equal(20, orders.Select(order => string.Join(' ', order)).Distinct().Count());
        Assert.Equal(Order(7), Order(7));
    }

    [Fact]
    public void A_seed_leaves_the_order_of_times()
    {
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Seed = 3 });
        for (var i = 50; i > 0; i--)
        {
            var at = i / 3;
            clock.At(at, () => _log.Add($"{at:00}"));
        }

        clock.Start();
        Assert.Equal(_log.Order(StringComparer.Ordinal), _log);
        Assert.Equal(50, _log.Count);
    }

    [Fact]
    public void Now_is_now_and_the_past_is_now()
    {
        var clock = new VirtualScheduler();
        clock.At(5, () =>
        {
            clock.Schedule(() => _log.Add($"now {clock.Clock}"));
            clock.At(1, () => _log.Add($"past {clock.Clock}"));
        });
        clock.Start();
        Assert.Equal(["now 5", "past 5"], _log);
    }

    [Fact]
    public void A_cancelled_action_does_not_run_and_does_not_count()
    {
        var clock = new VirtualScheduler();
        var first = clock.At(1, () => _log.Add("first"));
        clock.At(2, () => _log.Add("second"));
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, clock.Pending);
        clock.Start();
        Assert.Equal(["second"], _log);
        Assert.Equal(0, clock.Pending);
        Assert.Equal(1, clock.Actions);
    }

    [Fact]
    public void An_action_may_be_cancelled_by_one_at_its_own_time_and_from_inside_itself()
    {
        var clock = new VirtualScheduler();
        var second = new SingleAssignmentDisposable();
        var own = new SingleAssignmentDisposable();
        clock.At(1, second.Dispose);
        second.Disposable = clock.At(1, () => _log.Add("second"));
        own.Disposable = clock.At(2, own.Dispose);
        clock.Start();
        Assert.Empty(_log);
        Assert.Equal(0, clock.Pending);
    }

    [Fact]
    public void Many_cancelled_actions_are_forgotten()
    {
        var clock = new VirtualScheduler();
        var held = new List<WeakReference>();
        for (var i = 0; i < 20_000; i++)
        {
            Cancelled(clock, i, held);
        }

        clock.At(10, () => _log.Add("10"));
        clock.At(3_000_000, () => _log.Add("last"));
        Assert.Equal(2, clock.Pending);
        GC.Collect();
        Assert.InRange(held.Count(one => one.IsAlive), 0, 3_000);
        clock.Start();
        Assert.Equal(["10", "last"], _log);
    }

    [Fact]
    public void The_origin_is_what_now_is_at_zero()
    {
        var origin = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(2));
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Origin = origin });
        Assert.Equal(origin, clock.Now);
        clock.Schedule(origin.AddSeconds(1), () => _log.Add($"{clock.Clock}"));
        clock.Start();
        Assert.Equal([$"{TimeSpan.TicksPerSecond}"], _log);
        Assert.Equal(origin.UtcDateTime.AddSeconds(1), clock.TimeProvider.GetUtcNow().UtcDateTime);
        Assert.True(clock.RunUntil(() => true, origin, "nobody"));
        Assert.False(clock.RunUntil(() => false, origin.AddSeconds(3), "nobody"));
        Assert.Equal(3 * TimeSpan.TicksPerSecond, clock.Clock);
    }

    [Fact]
    public void An_action_waits_for_others_and_they_for_others_again()
    {
        var clock = new VirtualScheduler();
        var inner = false;
        var outer = false;
        clock.At(1, () =>
        {
            Assert.True(clock.RunUntil(() => outer, null, "the first"));
            _log.Add($"first at {clock.Clock}");
        });
        clock.At(2, () =>
        {
            Assert.True(clock.RunUntil(() => inner, null, "the second"));
            _log.Add($"second at {clock.Clock}");
            outer = true;
        });
        clock.At(9, () => inner = true);
        clock.At(12, () => _log.Add("12"));
        clock.Start();
        Assert.Equal(["second at 9", "first at 9", "12"], _log);
    }

    [Fact]
    public void A_wait_ends_at_its_time_with_the_clock_there()
    {
        var clock = new VirtualScheduler();
        clock.At(1, () => _log.Add($"{clock.RunUntil(() => false, clock.Now.AddTicks(5), "it")} {clock.Clock}"));
        clock.At(6, () => _log.Add("6"));
        clock.At(7, () => _log.Add("7"));
        clock.Start();
        Assert.Equal(["6", "False 6", "7"], _log);
    }

    [Fact]
    public void A_wait_beyond_the_end_of_an_advance_does_not_turn_the_clock_back()
    {
        var clock = new VirtualScheduler();
        clock.At(1, () => clock.RunUntil(() => false, clock.Now.AddTicks(99), "it"));
        clock.AdvanceTo(10);
        Assert.Equal(100, clock.Clock);
        clock.At(101, () => clock.RunUntil(() => false, clock.Now.AddTicks(99), "it"));
        clock.AdvanceBy(10);
        Assert.Equal(200, clock.Clock);
        clock.AdvanceBy(10);
        Assert.Equal(210, clock.Clock);
    }

    [Fact]
    public void A_deadlock_says_who_waits_for_what_and_when()
    {
        var clock = new VirtualScheduler();
        clock.At(4, () => clock.RunUntil(() => false, null, "the sink 'out' for its write"));
        var error = Assert.Throws<SchedulerDeadlockException>(clock.Start);
        Assert.StartsWith("the sink 'out' for its write waits at 4 (0001-01-01T00:00:00.0000004", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("left the virtual clock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_have_no_context_also_where_the_runner_has_one()
    {
        var clock = new VirtualScheduler();
        SynchronizationContext? seen = clock.Context;
        clock.At(1, () => seen = SynchronizationContext.Current);
        var outer = SynchronizationContext.Current;
        var own = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(own);
        try
        {
            clock.Start();
            Assert.Same(own, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        Assert.Null(seen);
    }

    [Fact]
    public void A_halted_clock_runs_nothing_and_throws_out_who_waits()
    {
        var clock = new VirtualScheduler();
        clock.At(1, () => clock.RunUntil(() => false, null, "it"));
        clock.At(2, clock.Halt);
        var late = clock.At(3, () => _log.Add("3"));
        Assert.Throws<HaltedException>(clock.Start);
        late.Dispose();
        Assert.Empty(_log);
        Assert.Equal(0, clock.Pending);
    }

    private static void Cancelled(VirtualScheduler clock, int number, List<WeakReference> held)
    {
        var action = clock.At(1_000_000 + number, () => held.Clear());
        held.Add(new WeakReference(action));
        action.Dispose();
    }

    private static List<int> Order(ulong? seed)
    {
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Seed = seed });
        var order = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            var number = i;
            clock.At(5, () => order.Add(number));
        }

        clock.Start();
        return order;
    }
}
