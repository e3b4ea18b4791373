using CsCheck;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class SimplePollingSourceTests
{
    private readonly WaitingTestScheduler _scheduler = new();

    [Fact]
    public void P20_it_has_one_partition_singleton()
    {
        var source = new Polling(() => 1);
        Assert.Equal(["singleton"], source.ListPartitions());
        Assert.Throws<ArgumentException>("partition", () => source.BuildPartition("in", "other", default));
    }

    [Fact]
    public void P20_without_alignment_the_first_poll_is_due_at_the_start()
    {
        _scheduler.AdvanceTo(7);
        using var partition = Start(new Polling(() => 1));
        Assert.Equal(7L.At(), partition.NextAwake);
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal(107L.At(), partition.NextAwake);
    }

    [Theory]
    [InlineData(1_000, 1_000)]
    [InlineData(1_001, 1_100)]
    [InlineData(1_099, 1_100)]
    [InlineData(1_100, 1_100)]
    public void P20_aligned_exactly_on_the_mark_fires_now_and_else_at_the_next(long start, long first)
    {
        foreach (var mark in new long[] { 0, 1_000, 5_000 })
        {
            var scheduler = new WaitingTestScheduler();
            scheduler.AdvanceTo(start);
            using var partition = Start(new Polling(() => 1, alignTo: mark.At()), scheduler);
            Assert.Equal(first.At(), partition.NextAwake);
            Assert.Equal(start == first ? [1] : [], partition.NextBatch());
        }
    }

    [Fact]
    public void P20_a_poll_before_its_time_asks_for_nothing()
    {
        var source = new Polling(() => 1);
        using var partition = Start(source);
        partition.NextBatch();
        _scheduler.AdvanceTo(99);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(1, source.Asked);
        Assert.Equal(100L.At(), partition.NextAwake);
        _scheduler.AdvanceTo(100);
        Assert.Equal([1], partition.NextBatch());
    }

    [Fact]
    public void P20_nothing_is_an_empty_batch_and_costs_the_usual_interval()
    {
        using var partition = Start(new Polling(() => Polled<int>.Nothing));
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(100L.At(), partition.NextAwake);
    }

    [Fact]
    public void P20_the_next_awake_is_one_interval_after_the_previous_awake_however_late_the_poll() =>
        Gen.Int[0, 99].List[1, 30].Sample(latenesses =>
        {
            var scheduler = new WaitingTestScheduler();
            using var partition = Start(new Polling(() => 1), scheduler);
            var expected = 0L;
            foreach (var late in latenesses)
            {
                scheduler.AdvanceTo(Math.Max(scheduler.Clock, expected + late));
                Assert.Equal([1], partition.NextBatch());
                Assert.Equal((expected += 100).At(), partition.NextAwake);
            }
        });

    [Fact]
    public void P20_after_a_long_stall_it_fires_once_and_realigns()
    {
        using var partition = Start(new Polling(() => 1));
        partition.NextBatch();
        _scheduler.AdvanceTo(555);
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal(600L.At(), partition.NextAwake);
        Assert.Equal([], partition.NextBatch());
    }

    [Fact]
    public void P20_whatever_the_stalls_it_stays_on_its_marks_and_never_bursts() =>
        Gen.Select(Gen.Int[0, 1_000].List[1, 20], Gen.Int[0, 5_000]).Sample((stalls, mark) =>
        {
            var scheduler = new WaitingTestScheduler();
            var source = new Polling(() => 1, alignTo: ((long)mark).At());
            using var partition = Start(source, scheduler);
            foreach (var stall in stalls)
            {
                scheduler.AdvanceTo(partition.NextAwake!.Value.UtcTicks + stall);
                Assert.Equal([1], partition.NextBatch());
                var next = partition.NextAwake!.Value.UtcTicks;
                Assert.Equal(0, Math.Abs(next - mark) % 100);
                Assert.InRange(next - scheduler.Clock, 1, 100);
            }

            Assert.Equal(stalls.Count, source.Asked);
        });

    [Fact]
    public void P20_a_call_that_takes_longer_than_the_interval_is_not_followed_by_another_at_once()
    {
        using var partition = Start(new Polling(() =>
        {
            _scheduler.Sleep(250);
            return 1;
        }));
        partition.NextBatch();
        Assert.Equal(300L.At(), partition.NextAwake);
    }

    [Fact]
    public void P20_a_retry_delay_counts_from_now()
    {
        var answer = Polling.Again(7.Ticks());
        using var partition = Start(new Polling(() => answer));
        _scheduler.AdvanceTo(30);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(37L.At(), partition.NextAwake);
        _scheduler.AdvanceTo(40);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(47L.At(), partition.NextAwake);
    }

    [Fact]
    public void P20_after_a_retry_the_interval_counts_from_the_retry_and_an_aligned_source_is_back_on_its_marks()
    {
        foreach (var (mark, expected) in new (DateTimeOffset?, long)[] { (null, 107), (0L.At(), 100) })
        {
            var scheduler = new WaitingTestScheduler();
            var answers = new Queue<Polled<int>>([Polling.Again(7.Ticks()), 1]);
            using var partition = Start(new Polling(answers.Dequeue, mark), scheduler);
            partition.NextBatch();
            scheduler.AdvanceTo(7);
            Assert.Equal([1], partition.NextBatch());
            Assert.Equal(expected.At(), partition.NextAwake);
        }
    }

    [Fact]
    public void P20_it_ends_like_any_source()
    {
        var source = new Polling(() => Polled<int>.End);
        using var partition = Start(source);
        Assert.Null(partition.NextBatch());
        Assert.Null(partition.NextAwake);
        _scheduler.AdvanceTo(500);
        Assert.Null(partition.NextBatch());
        Assert.Equal(1, source.Asked);
        Assert.Equal(0, partition.Snapshot().Value);
    }

    [Fact]
    public void P20_a_failure_is_thrown_every_time_and_is_not_the_end()
    {
        var source = new Polling(() => throw new InvalidDataException());
        using var partition = Start(source);
        Assert.Throws<InvalidDataException>(() => partition.NextBatch());
        Assert.Throws<InvalidDataException>(() => partition.NextBatch());
        Assert.Equal(1, source.Asked);
        Assert.Null(partition.NextAwake);
    }

    [Fact]
    public void P20_it_resumes_only_from_stored_state()
    {
        var source = new Polling(() => 1);
        using (var first = Start(source))
        {
            first.NextBatch();
            _scheduler.AdvanceTo(100);
            first.NextBatch();
            Assert.Equal(2, first.Snapshot().Value);
            Assert.Equal(2, first.Snapshot().Value);
        }

        source.BuildPartition("in", "singleton", 1);
        Assert.Equal(1, source.Position);
        source.BuildPartition("in", "singleton", ResumeState<int>.None);
        Assert.Equal(0, source.Position);
    }

    [Fact]
    public void P20_without_overrides_there_is_no_position()
    {
        using var partition = new Positionless().BuildPartition("in", "singleton", 5);
        Assert.Equal(ResumeState<int>.None, partition.Snapshot());
    }

    [Fact]
    public void P20_a_host_that_hands_over_no_clock_gets_the_real_one()
    {
        using var partition = new Polling(() => 1).BuildPartition("in", "singleton", default);
        Assert.Null(partition.NextAwake);
        Assert.Equal([1], partition.NextBatch());
        Assert.NotNull(partition.NextAwake);
    }

    [Fact]
    public void P20_the_end_of_time_is_not_passed()
    {
        using var partition = Start(new Polling(() => 1, interval: TimeSpan.MaxValue));
        partition.NextBatch();
        Assert.Equal(DateTimeOffset.MaxValue, partition.NextAwake);
    }

    [Fact]
    public void S10_after_disposal_polls_and_snapshots_are_refused()
    {
        var partition = Start(new Polling(() => 1));
        partition.Dispose();
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(() => partition.NextBatch());
        Assert.Throws<ObjectDisposedException>(() => partition.Snapshot());
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => new Polling(() => 1, interval: (-1).Ticks()));
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => new Polling(() => 1, 0L.At(), TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("delay", () => Polling.Again((-1).Ticks()));
    }

    [Fact]
    public void An_interval_of_zero_asks_again_at_once_and_a_retry_still_waits()
    {
        var answers = new Queue<Polled<int>>([1, 2, Polled<int>.Nothing, Polling.Again(7.Ticks()), 3]);
        using var partition = Start(new Polling(answers.Dequeue, interval: TimeSpan.Zero));
        Assert.Equal([1], partition.NextBatch());
        Assert.Null(partition.NextAwake);
        Assert.Equal([2], partition.NextBatch());
        Assert.Equal([], partition.NextBatch());
        Assert.Null(partition.NextAwake);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(7L.At(), partition.NextAwake);
        Assert.Equal([], partition.NextBatch());
        _scheduler.AdvanceTo(7);
        Assert.Equal([3], partition.NextBatch());
    }

    private StatefulSourcePartition<int, int> Start(Polling source) => Start(source, _scheduler);

    private static StatefulSourcePartition<int, int> Start(Polling source, WaitingTestScheduler scheduler)
    {
        var partition = source.BuildPartition("in", "singleton", ResumeState<int>.None);
        partition.Start(scheduler);
        return partition;
    }

    private sealed class Polling(Func<Polled<int>> next, DateTimeOffset? alignTo = null, TimeSpan? interval = null)
        : SimplePollingSource<int, int>(interval ?? 100.Ticks(), alignTo)
    {
        public int Asked { get; private set; }

        public int Position { get; private set; }

        public static Polled<int> Again(TimeSpan delay) => RetryAfter(delay);

        protected override Polled<int> NextItem()
        {
            Asked++;
            var polled = next();
            Position += polled.HasItem ? 1 : 0;
            return polled;
        }

        protected override ResumeState<int> Snapshot() => Position;

        protected override void ResumeFrom(ResumeState<int> resumeState) => Position = resumeState.GetValueOrDefault(0);
    }

    private sealed class Positionless() : SimplePollingSource<int, int>(100.Ticks())
    {
        protected override Polled<int> NextItem() => 1;
    }
}
