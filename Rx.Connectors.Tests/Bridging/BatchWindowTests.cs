using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Where batches begin and end (rule S7), without a bridge around it.</summary>
public sealed class BatchWindowTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S7_polled_when_it_says_so_its_batches_are_those_of_Rx_Buffer() =>
        Gen.Select(Gen.Int[0, 9].Array[0, 30], Gen.Int[1, 5], Gen.Int[1, 12]).Sample(
            (gaps, count, delay) =>
            {
                var clock = new VirtualScheduler();
                var window = New(clock, count, delay);
                var batches = new List<(long At, int Count)>();
                var at = 0L;
                foreach (var gap in gaps)
                {
                    at += gap;
                    PollUntil(at);
                    window.Add();
                }

                window.CloseLast();
                PollUntil(long.MaxValue);
                // Rx's ticks at once are at least one apart.
                Assert.Equal(ByRx(gaps, count, delay), batches.Select(one => one.Count));

                void PollUntil(long time)
                {
                    while (window.NextDue() is { } due && due < time && window.WaitingSince is not null)
                    {
                        clock.AdvanceTo(Math.Max(due, clock.Clock));
                        batches.Add((clock.Clock, window.Take()));
                    }

                    clock.AdvanceTo(time == long.MaxValue ? clock.Clock : time);
                }
            },
            iter: 500);

    [Fact]
    public void A_batch_is_ready_when_it_is_full_or_its_window_is_over_and_not_before()
    {
        var window = New(_clock, 3, 10);
        Assert.Equal(0, window.Take());
        _clock.AdvanceTo(4);
        Assert.True(window.Add());
        Assert.False(window.Add());
        Assert.Equal((4L, 10L), (window.WaitingSince, window.NextDue()));
        _clock.AdvanceTo(9);
        Assert.Equal(0, window.Take());
        _clock.AdvanceTo(10);
        Assert.Equal(2, window.Take());
        Assert.Equal((null, null), (window.WaitingSince, window.NextDue()));
        window.Add();
        window.Add();
        Assert.True(window.Add());
        Assert.Equal(3, window.Take());
    }

    [Fact]
    public void A_full_batch_begins_a_new_window_and_late_polls_do_not_shift_the_others()
    {
        var window = New(_clock, 2, 10);
        _clock.AdvanceTo(3);
        window.Add();
        window.Add();
        window.Add();
        Assert.Equal(2, window.Take());
        Assert.Equal(13, window.NextDue());
        _clock.AdvanceTo(38);
        Assert.Equal(1, window.Take());
        window.Add();
        Assert.Equal(43, window.NextDue());
    }

    [Fact]
    public void Without_a_delay_all_is_ready_at_once_and_with_an_endless_one_only_full_batches_and_the_last()
    {
        var none = New(_clock, 3, 0);
        none.Add();
        Assert.Equal(1, none.Take());
        var endless = new Windows(_clock, 3, Timeout.InfiniteTimeSpan);
        Assert.False(endless.Add());
        _clock.AdvanceTo(TimeSpan.TicksPerDay);
        Assert.Equal((0, null), (endless.Take(), endless.NextDue()));
        endless.CloseLast();
        Assert.Equal(1, endless.Take());
    }

    [Fact]
    public void What_is_dropped_is_missing_from_the_oldest_batch()
    {
        var window = New(_clock, 2, 10);
        for (var i = 0; i < 5; i++)
        {
            window.Add();
        }

        window.DropOldest();
        Assert.Equal(1, window.Take());
        window.DropOldest();
        window.DropOldest();
        window.DropOldest();
        Assert.Equal(0, window.Take());
        Assert.Null(window.WaitingSince);
    }

    [Fact]
    public void A_batch_that_was_gathered_elsewhere_stays_whole()
    {
        var window = New(_clock, 2, 10);
        window.AddClosed(7);
        Assert.Equal(0, window.NextDue());
        Assert.Equal(7, window.Take());
    }

    private static Windows New(VirtualScheduler clock, int count, int delay) => new(clock, count, delay.Ticks());

    private static List<int> ByRx(int[] gaps, int count, int delay)
    {
        // Its clock stands where an item comes on a boundary, as ours does: the item is in the window that ends there.
        var clock = new VirtualScheduler();
        var sizes = new List<int>();
        var at = 0L;
        var steps = gaps.Select((gap, i) => new Step(at += gap, i)).ToList();
        Script.Play(clock, [.. steps, new Step(at, null, Ends: true)]).Buffer(delay.Ticks(), count, clock)
            .Where(static batch => batch.Count > 0).Subscribe(batch => sizes.Add(batch.Count));
        clock.AdvanceTo(at + delay + 1);
        return sizes;
    }

    // The windows of a queue, by the number of items.
    private sealed class Windows(VirtualScheduler clock, int count, TimeSpan delay)
    {
        private readonly BatchQueue<int, Unmarked> _queue = new(count, delay, new ElapsedTime(clock));

        public long? WaitingSince => _queue.WaitingSince;

        public bool Add() => _queue.Add(0, default);

        public void AddClosed(int items) => _queue.AddReady(new int[items], [], items);

        public void CloseLast() => _queue.CloseLast();

        public void DropOldest() => _queue.DropOldest();

        public int Take() => _queue.TryTake(out var batch) ? batch.ToArray().Length : 0;

        public long? NextDue() => _queue.NextDue();
    }
}
