using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S7, below the partition: windows and ready batches.</summary>
public sealed class BatchQueueTests
{
    private const int Delay = 100;

    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S7_a_full_batch_is_ready_at_once_and_begins_a_new_window()
    {
        var queue = Queue(2);
        Advance(30);
        Assert.True(queue.Add(1, default));
        Advance(20);
        Assert.True(queue.Add(2, default));
        Assert.Equal([1, 2], Take(queue));
        Advance(99);
        queue.Add(3, default);
        Assert.Empty(Take(queue));
        Assert.Equal(Delay, At(queue.NextDue()) - 50);
        Advance(1);
        Assert.Equal([3], Take(queue));
    }

    [Fact]
    public void S7_late_polls_do_not_shift_the_windows()
    {
        var queue = Queue(10);
        queue.Add(1, default);
        Advance(250);
        Assert.Equal([1], Take(queue));
        queue.Add(2, default);
        Assert.Equal(300, At(queue.NextDue()));
    }

    [Fact]
    public void S7_what_a_run_puts_in_unseen_is_due_at_the_next_boundary()
    {
        var queue = Queue(10);
        queue.Add(1, default);
        queue.Open.Run(5);
        Advance(100);
        Assert.Equal([1], Take(queue));
        // Told for as long as the run goes on, for its next item may come unseen.
        Assert.Equal(200, At(queue.NextDue()));
        queue.Open.Put(2, default);
        Advance(100);
        queue.Learn(1);
        Assert.Equal([2], Take(queue));
        Advance(250);
        Assert.Empty(Take(queue));
        Assert.Equal(500, At(queue.NextDue()));
        queue.Open.Return();
        Assert.Null(queue.NextDue());
    }

    [Fact]
    public void S8_after_a_full_batch_the_next_one_is_expected_until_its_window_is_over()
    {
        var queue = Queue(2);
        queue.Add(1, default);
        queue.Add(2, default);
        Assert.Equal([1, 2], Take(queue));
        Assert.Equal(Delay, At(queue.NextDue()));
        Assert.False(queue.Add(3, default));
        Advance(100);
        Assert.Equal([3], Take(queue));
        Assert.Empty(Take(queue));
        Assert.Null(queue.NextDue());
        Assert.True(queue.Add(4, default));
    }

    [Fact]
    public void S6_the_oldest_is_dropped_from_the_batch_that_waits_longest()
    {
        var queue = Queue(2);
        queue.AddReady([1, 2, 3], [], 3);
        queue.Add(4, default);
        queue.DropOldest();
        queue.DropOldest();
        Assert.Equal([3], Take(queue));
        queue.DropOldest();
        Assert.Equal(0, queue.Count);
        Assert.Null(queue.WaitingSince);
    }

    [Fact]
    public void S7_batches_that_somebody_else_has_gathered_are_taken_as_they_are()
    {
        var queue = Queue(2);
        queue.AddReady([1, 2, 3], [], 3);
        queue.AddReady([4], [], 1);
        Assert.Equal(4, queue.Count);
        Assert.Equal([1, 2, 3], Take(queue));
        Assert.Equal([4], Take(queue));
    }

    private static int[] Take(BatchQueue<int, Unmarked> queue) => queue.TryTake(out var batch) ? batch.ToArray() : [];

    private static long At(long? time) => time!.Value - new VirtualScheduler().Now.UtcTicks;

    private BatchQueue<int, Unmarked> Queue(int maxCount) =>
        new(maxCount, TimeSpan.FromTicks(Delay), new ElapsedTime(_clock));

    private void Advance(long ticks) => _clock.AdvanceBy(ticks);
}
