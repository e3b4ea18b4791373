using System.Reactive.Concurrency;
using CsCheck;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class BatchFromAsyncTests
{
    private readonly WaitingTestScheduler _scheduler = new();

    [Fact]
    public void P19_a_step_blocks_up_to_the_timeout_in_all()
    {
        using var batches = Open(ClientScript.Of<int>().Deliver(40.Ticks(), 1).Deliver(80.Ticks(), 2).Deliver(120.Ticks(), 3), timeout: 100);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal(100, _scheduler.Clock);
        Assert.Equal([3], Step(batches));
        Assert.Equal(200, _scheduler.Clock);
    }

    [Fact]
    public void P19_a_full_batch_is_given_at_once()
    {
        using var batches = Open(ClientScript.Of<int>().Deliver(10.Ticks(), 1).Deliver(20.Ticks(), 2).Deliver(30.Ticks(), 3), timeout: 100, count: 2);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal(20, _scheduler.Clock);
    }

    [Fact]
    public void P19_nothing_in_time_is_an_empty_batch()
    {
        using var batches = Open(ClientScript.Of<int>().Deliver(150.Ticks(), 1), timeout: 100);
        Assert.Empty(Step(batches));
        Assert.Equal(100, _scheduler.Clock);
        Assert.Equal([1], Step(batches));
    }

    [Fact]
    public void P19_a_pending_read_is_kept_and_no_second_one_begins()
    {
        var stream = Stream(ClientScript.Of<int>().Deliver(1_000.Ticks(), 1));
        using var batches = Open(stream, timeout: 100);
        for (var step = 0; step < 5; step++)
        {
            Assert.Empty(Step(batches));
        }

        Assert.Equal(1, stream.Reads);
        _scheduler.AdvanceTo(2_000);
        Assert.Equal([1], Step(batches));
        Assert.Equal(0, stream.Overlapping);
    }

    [Fact]
    public void P19_the_partial_batch_comes_before_completion()
    {
        var stream = Stream(ClientScript.Of<int>().Deliver(10.Ticks(), 1).End(20.Ticks()));
        using var batches = Open(stream, timeout: 100);
        Assert.Equal([1], Step(batches));
        Assert.Equal(20, _scheduler.Clock);
        Assert.Equal(1, stream.Disposed);
        Assert.False(batches.MoveNext());
        Assert.False(batches.MoveNext());
    }

    [Fact]
    public void P19_items_before_an_exception_come_first()
    {
        var stream = Stream(ClientScript.Of<int>().Deliver(10.Ticks(), 1).Deliver(20.Ticks(), 2).Fail(30.Ticks(), new InvalidDataException("bad")));
        using var batches = Open(stream, timeout: 100);
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal("bad", Assert.Throws<InvalidDataException>(() => batches.MoveNext()).Message);
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(1, stream.Disposed);
        Assert.Equal(30, _scheduler.Clock);
    }

    [Fact]
    public void P19_an_exception_between_steps_is_thrown_by_the_next()
    {
        using var batches = Open(ClientScript.Of<int>().Fail(150.Ticks(), new InvalidDataException()), timeout: 100);
        Assert.Empty(Step(batches));
        _scheduler.AdvanceTo(200);
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(200, _scheduler.Clock);
    }

    [Fact]
    public void P19_a_failure_to_close_at_the_end_does_not_look_like_completion()
    {
        var stream = new ScriptedClient<int>(_scheduler, [new Step(10, 1), new Step(20, null, Ends: true)]) { DisposeError = new InvalidDataException() };
        using var batches = Open(stream, timeout: 100);
        Assert.Equal([1], Step(batches));
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(1, stream.Disposed);
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
        var stream = Stream(ClientScript.Of<int>().Deliver(10.Ticks(), 1).Deliver(20.Ticks(), 2));
        foreach (var batch in Batch.FromAsync(stream, 100.Ticks(), 1, _scheduler))
        {
            Assert.Equal([1], batch);
            Assert.Equal(0, stream.Cancelled);
            break;
        }

        Assert.Equal(1, stream.Disposed);
        Assert.Equal(1, stream.Cancelled);
    }

    [Fact]
    public void P19_disposal_while_a_read_is_pending_disposes_the_enumerator_after_it()
    {
        var stream = Stream(ClientScript.Of<int>().Deliver(500.Ticks(), 1));
        var batches = Open(stream, timeout: 100);
        Assert.Empty(Step(batches));
        batches.Dispose();
        batches.Dispose();
        Assert.Equal(1, stream.Cancelled);
        Assert.Equal(0, stream.Disposed);
        _scheduler.AdvanceTo(510);
        Assert.Equal(1, stream.Disposed);
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
    }

    [Fact]
    public void P19_disposal_before_the_first_step_opens_nothing()
    {
        var stream = Stream(ClientScript.Of<int>().Deliver(10.Ticks(), 1));
        Open(stream, timeout: 100).Dispose();
        _scheduler.AdvanceTo(100);
        Assert.Equal(0, stream.Opened);
    }

    [Fact]
    public void P19_a_zero_timeout_takes_what_is_ready_and_never_waits()
    {
        var stream = Stream(ClientScript.Of<int>().Deliver(0.Ticks(), 1).Deliver(0.Ticks(), 2).Deliver(0.Ticks(), 3).Deliver(50.Ticks(), 4));
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
        var stream = Stream(ClientScript.Of<int>().Deliver(1_000_000.Ticks(), 1).Deliver(3_000_000.Ticks(), 2).End(4_000_000.Ticks()));
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
            Stream(ClientScript.Of<int>().Hang()), Timeout.InfiniteTimeSpan, 2, _scheduler).GetEnumerator();
        var deadlock = Assert.Throws<SchedulerDeadlockException>(() => batches.MoveNext());
        Assert.Contains("Batch.FromAsync", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void P19_a_timeout_beyond_the_end_of_time_is_as_good_as_none()
    {
        using var batches = Batch.FromAsync(
            Stream(ClientScript.Of<int>().Deliver(10.Ticks(), 1).End(20.Ticks())), TimeSpan.MaxValue, 9, _scheduler).GetEnumerator();
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
            Stream(ClientScript.Of<string?>().Deliver(0.Ticks(), [null, "a"]).End(0.Ticks())), 1.Ticks(), 9, _scheduler).GetEnumerator();
        Assert.Equal([null, "a"], Step(batches));
    }

    [Fact]
    public void P19_a_step_may_be_taken_inside_an_action_of_the_scheduler()
    {
        using var batches = Open(ClientScript.Of<int>().Deliver(40.Ticks(), 1).Deliver(80.Ticks(), 2), timeout: 50);
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
            var script = ClientScript.Of<int>();
            var at = 0;
            for (var i = 0; i < gaps.Count; i++)
            {
                script = script.Deliver((at += gaps[i]).Ticks(), i);
            }

            script = fails ? script.Fail(at.Ticks(), new InvalidDataException()) : script.End(at.Ticks());
            var stream = script.ToStream(scheduler, obeysToken: false);
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
            Assert.Equal(0, stream.Overlapping);
            Assert.Equal(1, stream.Disposed);
        });

    [Fact]
    public void P19_arguments_are_checked_at_the_call()
    {
        var stream = AsyncEnumerable.Empty<int>();
        Assert.Throws<ArgumentNullException>("stream", () => Batch.FromAsync<int>(null!, 1.Ticks(), 1));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => Batch.FromAsync(stream, (-1).Ticks(), 1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Batch.FromAsync(stream, 1.Ticks(), 0));
    }

    private ScriptedStream<T> Stream<T>(ClientScript<T> script) => script.ToStream(_scheduler, obeysToken: false);

    private IEnumerator<IReadOnlyList<int>> Open(ClientScript<int> script, int timeout, int count = 100) => Open(Stream(script), timeout, count);

    private IEnumerator<IReadOnlyList<int>> Open(IAsyncEnumerable<int> stream, int timeout, int count = 100) =>
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
