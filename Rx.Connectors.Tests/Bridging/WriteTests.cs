using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules K1 to K5 in virtual time: one thread, no sleeping.</summary>
public sealed class WriteTests
{
    private static readonly int[] _five = [0, 1, 2, 3, 4];
    private readonly VirtualScheduler _clock = new();
    private readonly List<string> _log = [];

    [Fact]
    public void K1_WriteBatch_returns_when_every_write_has_completed_and_not_before()
    {
        Write(Bridge.To<int>((i, _) => Later(10, () => _log.Add($"{i} at {_clock.Clock}"))), _five);
        Assert.Equal(["0 at 10", "1 at 20", "2 at 30", "3 at 40", "4 at 50"], _log);
        Assert.Equal(50, _clock.Clock);
    }

    [Fact]
    public void K1_an_empty_observable_is_a_success()
    {
        Write(Bridge.To<int, Unit>(_ => Observable.Empty<Unit>()), _five);
        Assert.Equal(0, _clock.Clock);
    }

    [Fact]
    public void K1_an_observable_of_several_values_succeeds_at_its_completion()
    {
        Write(Bridge.To<int, long>(_ => Observable.Interval(10.Ticks(), _clock).Take(3)), [0, 1]);
        Assert.Equal(60, _clock.Clock);
    }

    [Fact]
    public void K1_a_write_of_a_whole_batch_is_awaited()
    {
        Write(Bridge.ToBatches<int>((items, _) => Later(10, () => _log.Add(string.Join(' ', items)))), _five);
        Write(Bridge.ToBatches<int, Unit>(items => Observable.Timer(10.Ticks(), _clock).Select(_ => Unit.Default).Do(_ => _log.Add("done"))), _five);
        Assert.Equal(["0 1 2 3 4", "done"], _log);
    }

    [Fact]
    public void K1_an_empty_batch_writes_nothing()
    {
        Write(Bridge.ToBatches<int>((_, _) => throw new InvalidOperationException("called")), []);
    }

    [Fact]
    public void K2_one_write_at_a_time_in_order_unless_more_are_allowed() => Gen.Select(
        Gen.Int[1, 8], Gen.Int[0, 9].Array[1, 60]).Sample(
        (concurrency, delays) =>
        {
            var clock = new VirtualScheduler();
            var running = 0;
            var most = 0;
            var begun = new List<int>();
            using var partition = Bridge.To<int>(async (i, _) =>
            {
                begun.Add(i);
                most = Math.Max(most, ++running);
                if (delays[i] > 0)
                {
                    await Observable.Timer(delays[i].Ticks(), clock);
                }

                running--;
            }).ToPartition(new WriteOptions { MaxConcurrency = concurrency });
            partition.Start(clock);
            clock.At(1, () => partition.WriteBatch([.. Enumerable.Range(0, delays.Length)]));
            clock.Start();
            Assert.Equal(Enumerable.Range(0, delays.Length), begun);
            Assert.InRange(most, 1, concurrency);
            Assert.Equal(0, running);
            // As many at a time as may be, so never longer than a plan that knows all delays in advance and fills every place.
            Assert.Equal(1 + Makespan(delays, concurrency), clock.Clock);
        },
        iter: 2_000);

    [Fact]
    public void K3_the_exception_lists_what_was_confirmed_what_failed_and_what_was_never_tried()
    {
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((i, _) => i == 2 ? throw new IOException("disk full") : Task.CompletedTask), _five));
        Assert.Equal([0, 1], error.Confirmed);
        Assert.Equal([(2, error.InnerException!, 1)], error.Failed.Select(one => (one.Index, one.Exception, one.Tries)));
        Assert.Equal([3, 4], error.NotTried);
        Assert.Equal(
            "1 of 5 items could not be written, the first of them at index 2: disk full (2 confirmed, 2 never tried)", error.Message);
    }

    [Fact]
    public void K3_writes_in_flight_end_after_another_has_failed_so_that_their_outcome_is_known()
    {
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((i, _) => i switch
            {
                0 => Later(30, () => { }),
                1 => Later(10, () => throw new IOException("1")),
                2 => Later(20, () => throw new IOException("2")),
                _ => Task.CompletedTask,
            }),
            _five,
            new WriteOptions { MaxConcurrency = 3 }));
        Assert.Equal([0], error.Confirmed);
        Assert.Equal([1, 2], error.Failed.Select(failed => failed.Index));
        Assert.Equal([3, 4], error.NotTried);
        Assert.Equal(30, _clock.Clock);
    }

    [Fact]
    public void K3_every_item_is_in_exactly_one_list() => Gen.Select(
        Gen.Int[1, 5], Gen.Int[0, 5].Array[1, 30], Gen.Bool.Array[30]).Sample(
        (concurrency, delays, fails) =>
        {
            var clock = new VirtualScheduler();
            var outcomes = new string[delays.Length];
            using var partition = Bridge.To<int>(async (i, _) =>
            {
                outcomes[i] = "failed";
                if (delays[i] > 0)
                {
                    await Observable.Timer(delays[i].Ticks(), clock);
                }

                outcomes[i] = fails[i] && i % 4 == 0 ? throw new IOException() : "confirmed";
            }).ToPartition(new WriteOptions { MaxConcurrency = concurrency });
            partition.Start(clock);
            SinkWriteException? error = null;
            clock.At(1, () => error = Record.Exception(() => partition.WriteBatch([.. Enumerable.Range(0, delays.Length)])) as SinkWriteException);
            clock.Start();
            if (error is not null)
            {
                Assert.All(error.Confirmed, i => Assert.Equal("confirmed", outcomes[i]));
                Assert.All(error.Failed, failed => Assert.Equal("failed", outcomes[failed.Index]));
                Assert.All(error.NotTried, i => Assert.Null(outcomes[i]));
                Assert.Equal(
                    Enumerable.Range(0, delays.Length),
                    error.Confirmed.Concat(error.Failed.Select(failed => failed.Index)).Concat(error.NotTried).Order());
            }
            else
            {
                Assert.All(outcomes, outcome => Assert.Equal("confirmed", outcome));
            }
        },
        iter: 2_000);

    [Fact]
    public void K3_a_batch_that_fails_as_one_fails_for_each_of_its_items()
    {
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.ToBatches<int>((_, _) => throw new IOException("refused")), _five));
        Assert.Equal(_five, error.Failed.Select(failed => failed.Index));
        Assert.Empty(error.Confirmed);
        Assert.Empty(error.NotTried);
    }

    [Fact]
    public void K4_a_write_that_never_completes_ends_in_TimeoutException_and_the_rest_is_cancelled()
    {
        var tokens = new List<CancellationToken>();
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((i, token) =>
            {
                tokens.Add(token);
                return i == 0 ? Task.CompletedTask : new TaskCompletionSource().Task;
            }),
            _five,
            new WriteOptions { MaxConcurrency = 2, Timeout = TimeSpan.FromTicks(100) }));
        Assert.Equal(
            "The write did not complete within 00:00:00.0000100 of virtual time (rule K4); it may be written or not. What it " +
            "awaits must run on the scheduler.",
            Assert.IsType<TimeoutException>(error.InnerException).Message);
        Assert.Equal(100, _clock.Clock);
        Assert.All(tokens, token => Assert.True(token.IsCancellationRequested));
        Assert.Equal([0], error.Confirmed);
        Assert.Equal([1, 2], error.Failed.Select(failed => failed.Index));
        Assert.Equal([3, 4], error.NotTried);
    }

    [Fact]
    public void K4_an_observable_that_never_completes_is_unsubscribed_from()
    {
        using var never = new Subject<Unit>();
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int, Unit>(_ => never), [1], new WriteOptions { Timeout = TimeSpan.FromTicks(100) }));
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.False(never.HasObservers);
    }

    [Fact]
    public void K4_the_time_of_each_write_counts_not_that_of_the_batch()
    {
        Write(
            Bridge.To<int>((_, _) => Later(90, () => { })), _five, new WriteOptions { Timeout = TimeSpan.FromTicks(100) });
        Assert.Equal(450, _clock.Clock);
    }

    [Fact]
    public void K4_a_timeout_is_not_retried()
    {
        var tries = 0;
        Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((_, _) =>
            {
                tries++;
                return new TaskCompletionSource().Task;
            }),
            [1],
            new WriteOptions { Timeout = TimeSpan.FromTicks(100), MaxRetryAttempts = 5 }));
        Assert.Equal(1, tries);
    }

    [Fact]
    public void K4_in_virtual_time_a_write_that_can_never_complete_is_a_deadlock_at_once()
    {
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((_, _) => new TaskCompletionSource().Task), [1], new WriteOptions { Timeout = Timeout.InfiniteTimeSpan }));
        Assert.StartsWith(
            "The write of an item waits at 0", Assert.IsType<SchedulerDeadlockException>(error.InnerException).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void K5_only_what_is_unconfirmed_is_retried_and_in_its_place()
    {
        var fails = new Dictionary<int, int> { [1] = 2, [3] = 1 };
        Write(
            Bridge.To<int>((i, _) =>
            {
                _log.Add($"{i} at {_clock.Clock}");
                return fails.TryGetValue(i, out var left) && left > 0 && (fails[i] = left - 1) >= 0
                    ? throw new IOException()
                    : Task.CompletedTask;
            }),
            _five,
            new WriteOptions
            {
                MaxRetryAttempts = 2,
                Backoff = new BackoffOptions { BaseDelay = TimeSpan.FromTicks(100), Jitter = false },
            });
        Assert.Equal(
            ["0 at 0", "1 at 0", "1 at 100", "1 at 300", "2 at 300", "3 at 300", "3 at 400", "4 at 400"], _log);
    }

    [Fact]
    public void K5_retries_end_and_the_last_failure_is_told()
    {
        var tries = 0;
        var error = Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((_, _) => throw new IOException($"try {++tries}")), _five, new WriteOptions { MaxRetryAttempts = 3 }));
        Assert.Equal(4, tries);
        Assert.Equal("try 4", error.InnerException!.Message);
        Assert.Equal(4, error.Failed.Single().Tries);
        Assert.StartsWith(
            "1 of 5 items could not be written, the first of them at index 0 after 4 tries: try 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void K5_what_is_not_worth_a_retry_gets_none()
    {
        var tries = 0;
        Assert.Throws<SinkWriteException>(() => Write(
            Bridge.To<int>((_, _) => throw (++tries == 1 ? new IOException() : new ArgumentException("bad"))),
            [1],
            new WriteOptions { MaxRetryAttempts = 9, ShouldRetry = error => error is IOException }));
        Assert.Equal(2, tries);
    }

    [Fact]
    public void K5_the_jitter_is_the_same_in_every_run_in_virtual_time()
    {
        Assert.Equal(Times(), Times());

        static List<long> Times()
        {
            var clock = new VirtualScheduler();
            var times = new List<long>();
            using var partition = Bridge.To<int>((_, _) =>
            {
                times.Add(clock.Clock);
                throw new IOException();
            }).ToPartition(new WriteOptions { MaxRetryAttempts = 10 });
            partition.Start(clock);
            Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1]));
            Assert.Equal(11, times.Distinct().Count());
            return times;
        }
    }

    [Fact]
    public void K5_a_batch_after_one_that_failed_is_written()
    {
        using var partition = Bridge.To<int>((i, _) => i < 0 ? new TaskCompletionSource().Task : Task.CompletedTask)
            .ToPartition(new WriteOptions { Timeout = TimeSpan.FromTicks(10) });
        partition.Start(_clock);
        Assert.Throws<SinkWriteException>(() => partition.WriteBatch([-1]));
        partition.WriteBatch([1]);
    }

    [Fact]
    public void K1_a_write_may_write_a_batch_to_its_own_partition()
    {
        StatelessSinkPartition<int>? partition = null;
        partition = Bridge.To<int>(async (i, _) =>
        {
            await Later(10, () => _log.Add($"{i} at {_clock.Clock}"));
            if (i < 2)
            {
                partition!.WriteBatch([i + 2, i + 4]);
            }
        }).ToPartition();
        partition.Start(_clock);
        partition.WriteBatch([0, 1]);
        partition.Dispose();
        Assert.Equal(["0 at 10", "2 at 20", "4 at 30", "1 at 40", "3 at 50", "5 at 60"], _log);
    }

    [Fact]
    public void K5_a_batch_knows_nothing_of_the_one_that_failed_before_it()
    {
        using var partition = Bridge.To<int>((i, _) => i < 0 ? throw new IOException() : Later(10, () => { }))
            .ToPartition(new WriteOptions { MaxConcurrency = 3 });
        partition.Start(_clock);
        for (var batch = 0; batch < 3; batch++)
        {
            var error = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1, 2, -1, 3, 4]));
            Assert.Equal([0, 1], error.Confirmed);
            Assert.Equal([2], error.Failed.Select(failed => failed.Index));
            Assert.Equal([3, 4], error.NotTried);
            partition.WriteBatch(_five);
        }
    }

    [Fact]
    public void K1_null_instead_of_a_task_or_an_observable_is_a_failed_write()
    {
        Assert.Contains("null", Assert.Throws<SinkWriteException>(() => Write(Bridge.To<int>((_, _) => null!), [1])).Message, StringComparison.Ordinal);
        Assert.Contains("null", Assert.Throws<SinkWriteException>(() => Write(Bridge.To<int, int>(_ => null!), [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_Dispose_a_write_throws()
    {
        var partition = Bridge.To<int>((_, _) => Task.CompletedTask).ToPartition();
        partition.Dispose();
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(() => partition.WriteBatch([1]));
    }

    private static long Makespan(int[] delays, int places)
    {
        var free = new PriorityQueue<int, long>(Enumerable.Range(0, places).Select(place => (place, 0L)));
        var end = 0L;
        foreach (var delay in delays)
        {
            free.TryDequeue(out var place, out var at);
            free.Enqueue(place, at + delay);
            end = Math.Max(end, at + delay);
        }

        return end;
    }

    private async Task Later(int delay, Action action)
    {
        await Observable.Timer(delay.Ticks(), _clock);
        action();
    }

    private void Write(SinkBridge<int> bridge, int[] items, WriteOptions? options = null)
    {
        using var partition = bridge.ToPartition(options);
        partition.Start(_clock);
        partition.WriteBatch(items);
    }
}
