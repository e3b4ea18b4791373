using System.Reactive.Concurrency;
using CsCheck;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class BatchFromAsyncTests
{
    private readonly WaitingTestScheduler _scheduler = new();

    [Fact]
    public void P19_a_step_blocks_up_to_the_timeout_in_all()
    {
        using var batches = Open(new ScriptedStream<int>(_scheduler).Item(40, 1).Item(80, 2).Item(120, 3), timeout: 100);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal(100, _scheduler.Clock);
        Assert.Equal([3], Step(batches));
        Assert.Equal(200, _scheduler.Clock);
    }

    [Fact]
    public void P19_a_full_batch_is_given_at_once()
    {
        using var batches = Open(new ScriptedStream<int>(_scheduler).Item(10, 1).Item(20, 2).Item(30, 3), timeout: 100, count: 2);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal(20, _scheduler.Clock);
    }

    [Fact]
    public void P19_nothing_in_time_is_an_empty_batch()
    {
        using var batches = Open(new ScriptedStream<int>(_scheduler).Item(150, 1), timeout: 100);
        Assert.Empty(Step(batches));
        Assert.Equal(100, _scheduler.Clock);
        Assert.Equal([1], Step(batches));
    }

    [Fact]
    public void P19_a_pending_read_is_kept_and_no_second_one_begins()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(1_000, 1);
        using var batches = Open(stream, timeout: 100);
        for (var step = 0; step < 5; step++)
        {
            Assert.Empty(Step(batches));
        }

        Assert.Equal(1, stream.Reads);
        _scheduler.AdvanceTo(2_000);
        Assert.Equal([1], Step(batches));
        Assert.Equal(1, stream.MostReadsAtOnce);
    }

    [Fact]
    public void P19_the_partial_batch_comes_before_completion()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(10, 1).End(20);
        using var batches = Open(stream, timeout: 100);
        Assert.Equal([1], Step(batches));
        Assert.Equal(20, _scheduler.Clock);
        Assert.Equal(1, stream.Disposals);
        Assert.False(batches.MoveNext());
        Assert.False(batches.MoveNext());
    }

    [Fact]
    public void P19_items_before_an_exception_come_first()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(10, 1).Item(20, 2).Fail(30, new InvalidDataException("bad"));
        using var batches = Open(stream, timeout: 100);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal("bad", Assert.Throws<InvalidDataException>(() => batches.MoveNext()).Message);
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(1, stream.Disposals);
        Assert.Equal(30, _scheduler.Clock);
    }

    [Fact]
    public void P19_an_exception_between_steps_is_thrown_by_the_next()
    {
        using var batches = Open(new ScriptedStream<int>(_scheduler).Fail(150, new InvalidDataException()), timeout: 100);
        Assert.Empty(Step(batches));
        _scheduler.AdvanceTo(200);
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(200, _scheduler.Clock);
    }

    [Fact]
    public void P19_a_failure_to_close_at_the_end_does_not_look_like_completion()
    {
        var stream = new ScriptedStream<int>(_scheduler) { DisposeError = new InvalidDataException() }.Item(10, 1).End(20);
        using var batches = Open(stream, timeout: 100);
        Assert.Equal([1], Step(batches));
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(1, stream.Disposals);
    }

    [Fact]
    public void P19_a_stream_that_cannot_be_opened_fails_the_step()
    {
        using var batches = Batch.FromAsync(new UnopenedStream(), 1.Ticks(), 1, _scheduler).GetEnumerator();
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
    }

    [Fact]
    public void P19_disposal_disposes_the_enumerator_and_cancels_its_token()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(10, 1).Item(20, 2);
        foreach (var batch in Batch.FromAsync(stream, 100.Ticks(), 1, _scheduler))
        {
            Assert.Equal([1], batch);
            Assert.False(stream.Token.IsCancellationRequested);
            break;
        }

        Assert.Equal(1, stream.Disposals);
        Assert.True(stream.Token.IsCancellationRequested);
    }

    [Fact]
    public void P19_disposal_while_a_read_is_pending_disposes_the_enumerator_after_it()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(500, 1);
        var batches = Open(stream, timeout: 100);
        Assert.Empty(Step(batches));
        batches.Dispose();
        batches.Dispose();
        Assert.True(stream.Token.IsCancellationRequested);
        Assert.Equal(0, stream.Disposals);
        _scheduler.AdvanceTo(510);
        Assert.Equal(1, stream.Disposals);
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
    }

    [Fact]
    public void P19_disposal_before_the_first_step_opens_nothing()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(10, 1);
        Open(stream, timeout: 100).Dispose();
        _scheduler.AdvanceTo(100);
        Assert.Equal(0, stream.Opened);
    }

    [Fact]
    public void P19_a_zero_timeout_takes_what_is_ready_and_never_waits()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(0, 1).Item(0, 2).Item(0, 3).Item(50, 4);
        using var batches = Open(stream, timeout: 0, count: 2);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal([3], Step(batches));
        Assert.Equal(0, _scheduler.Clock);
        _scheduler.AdvanceTo(60);
        Assert.Equal([4], Step(batches));
    }

    [Fact]
    public void P19_an_infinite_timeout_waits_for_a_full_batch()
    {
        var stream = new ScriptedStream<int>(_scheduler).Item(1_000_000, 1).Item(3_000_000, 2).End(4_000_000);
        using var batches =
            Batch.FromAsync(stream, Timeout.InfiniteTimeSpan, 2, _scheduler).GetEnumerator();
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal(3_000_000, _scheduler.Clock);
        Assert.False(batches.MoveNext());
    }

    [Fact]
    public void P19_a_wait_that_cannot_end_is_a_deadlock_that_names_the_helper()
    {
        using var batches = Batch.FromAsync(
            new ScriptedStream<int>(_scheduler).Never(), Timeout.InfiniteTimeSpan, 2, _scheduler).GetEnumerator();
        var deadlock = Assert.Throws<SchedulerDeadlockException>(() => batches.MoveNext());
        Assert.Contains("Batch.FromAsync", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void P19_a_timeout_beyond_the_end_of_time_is_as_good_as_none()
    {
        using var batches = Batch.FromAsync(
            new ScriptedStream<int>(_scheduler).Item(10, 1).End(20), TimeSpan.MaxValue, 9, _scheduler).GetEnumerator();
        Assert.Equal([1], Step(batches));
    }

    [Fact]
    public void P19_a_client_that_always_has_an_item_does_not_stretch_the_step()
    {
        using var batches = Batch.FromAsync(Busy(), 100.Ticks(), int.MaxValue, _scheduler).GetEnumerator();
        Assert.Equal(10, Step(batches).Count);
        Assert.Equal(100, _scheduler.Clock);

        async IAsyncEnumerable<int> Busy()
        {
            await Task.CompletedTask;
            for (var i = 0; ; i++)
            {
                _scheduler.Sleep(10);
                yield return i;
            }
        }
    }

    [Fact]
    public void P19_null_items_are_items()
    {
        using var batches = Batch.FromAsync(
            new ScriptedStream<string?>(_scheduler).Item(0, null).Item(0, "a").End(0), 1.Ticks(), 9, _scheduler).GetEnumerator();
        Assert.Equal([null, "a"], Step(batches));
    }

    [Fact]
    public void P19_a_step_may_be_taken_inside_an_action_of_the_scheduler()
    {
        using var batches = Open(new ScriptedStream<int>(_scheduler).Item(40, 1).Item(80, 2), timeout: 50);
        var seen = new List<(long, int)>();
        _scheduler.Schedule(10.Ticks(), () =>
        {
            var count = Step(batches).Count;
            seen.Add((_scheduler.Clock, count));
        });
        _scheduler.Start();
        Assert.Equal([(60, 1)], seen);
    }

    [Fact]
    public void P19_whatever_comes_when_every_item_is_given_once_in_order_and_no_step_takes_too_long() =>
        Gen.Select(Gen.Int[0, 60].List[0, 30], Gen.Int[0, 100], Gen.Int[1, 6], Gen.Bool).Sample((gaps, timeout, count, fails) =>
        {
            var scheduler = new WaitingTestScheduler();
            var stream = new ScriptedStream<int>(scheduler);
            var at = 0L;
            for (var i = 0; i < gaps.Count; i++)
            {
                stream.Item(at += gaps[i], i);
            }

            stream = fails ? stream.Fail(at, new InvalidDataException()) : stream.End(at);
            var items = new List<int>();
            var batches = Batch.FromAsync(stream, timeout.Ticks(), count, scheduler).GetEnumerator();
            var failed = false;
            while (!failed)
            {
                // A host that never waits lets time pass between its polls.
                scheduler.AdvanceBy(timeout == 0 ? 5 : 0);
                var start = scheduler.Clock;
                try
                {
                    if (!batches.MoveNext())
                    {
                        break;
                    }

                    items.AddRange(batches.Current);
                    Assert.InRange(batches.Current.Count, 0, count);
                }
                catch (InvalidDataException)
                {
                    failed = true;
                }

                Assert.InRange(scheduler.Clock - start, 0, timeout);
            }

            batches.Dispose();
            Assert.Equal(fails, failed);
            Assert.Equal(Enumerable.Range(0, gaps.Count), items);
            Assert.Equal(1, stream.MostReadsAtOnce);
            Assert.Equal(1, stream.Disposals);
        });

    [Fact]
    public void P19_arguments_are_checked_at_the_call()
    {
        var stream = AsyncEnumerable.Empty<int>();
        Assert.Throws<ArgumentNullException>("stream", () => Batch.FromAsync<int>(null!, 1.Ticks(), 1));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => Batch.FromAsync(stream, (-1).Ticks(), 1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Batch.FromAsync(stream, 1.Ticks(), 0));
    }

    private IEnumerator<IReadOnlyList<int>> Open(ScriptedStream<int> stream, int timeout, int count = 100) =>
        Batch.FromAsync(stream, timeout.Ticks(), count, _scheduler).GetEnumerator();

    private static IReadOnlyList<T> Step<T>(IEnumerator<IReadOnlyList<T>> batches)
    {
        Assert.True(batches.MoveNext());
        return batches.Current;
    }

    private sealed class UnopenedStream : IAsyncEnumerable<int>
    {
        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            throw new InvalidDataException();
    }
}
