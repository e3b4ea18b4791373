using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule K6 on the real clock: waiting for asynchronous writes cannot deadlock.</summary>
[Trait("speed", "slow")]
public sealed class WriteThreadTests
{
    [Fact]
    public async Task K6_under_a_context_whose_only_thread_waits()
    {
        // The classic: the write's continuations are posted to a context whose thread is blocked by the wait for them.
        var written = new List<int>();
        await OnThread(() =>
        {
            var context = new NobodyListens();
            SynchronizationContext.SetSynchronizationContext(context);
            using var partition = Bridge.To<int>(async (i, _) =>
            {
                await Task.Yield();
                await Task.Delay(1);
                written.Add(i);
            }).ToPartition();
            partition.WriteBatch([1, 2, 3]);
            Assert.Same(context, SynchronizationContext.Current);
            Assert.Equal(0, context.Posts);
        });
        Assert.Equal([1, 2, 3], written);
    }

    [Fact]
    public async Task K6_inside_a_task_scheduler_with_one_thread()
    {
        var exclusive = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        using var partition = Bridge.To<int>(async (_, _) => await Task.Yield()).ToPartition();
        await Task.Factory.StartNew(
            () => partition.WriteBatch([1, 2, 3]), CancellationToken.None, TaskCreationOptions.None, exclusive).WaitAsync(Times.Patience);
    }

    [Fact]
    public async Task K6_two_partitions_that_write_at_once_do_not_wait_for_each_other()
    {
        using var both = new CountdownEvent(2);
        async Task Meet(int _, CancellationToken cancellation)
        {
            both.Signal();
            while (!both.IsSet)
            {
                await Task.Delay(1, cancellation);
            }
        }

        using var one = Bridge.To<int>(Meet).ToPartition();
        using var other = Bridge.To<int>(Meet).ToPartition();
        await Task.WhenAll(OnThread(() => one.WriteBatch([1])), OnThread(() => other.WriteBatch([1])));
    }

    [Fact]
    public async Task K4_on_the_real_clock_a_write_that_never_completes_ends()
    {
        using var partition = Bridge.To<int>((_, _) => new TaskCompletionSource().Task)
            .ToPartition(new WriteOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        var error = await Assert.ThrowsAsync<SinkWriteException>(() => OnThread(() => partition.WriteBatch([1])));
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task Dispose_from_another_thread_cancels_a_write_that_waits()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var partition = Bridge.To<int>(async (_, cancellation) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }).ToPartition(new WriteOptions { Timeout = Timeout.InfiniteTimeSpan });
        var writing = OnThread(() => partition.WriteBatch([1]));
        await begun.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        partition.Dispose();
        var error = await Assert.ThrowsAsync<SinkWriteException>(() => writing);
        Assert.IsAssignableFrom<OperationCanceledException>(error.InnerException);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task K1_writes_that_end_on_other_threads_wake_the_one_that_waits(int concurrency)
    {
        var written = 0;
        using var partition = Bridge.To<int>((i, _) => i % 3 == 0
                ? Task.CompletedTask
                : Task.Run(() => Interlocked.Increment(ref written), CancellationToken.None))
            .ToPartition(new WriteOptions { MaxConcurrency = concurrency, Timeout = Timeout.InfiniteTimeSpan });
        await OnThread(() =>
        {
            for (var batch = 0; batch < 100; batch++)
            {
                partition.WriteBatch([.. Enumerable.Range(0, 30)]);
            }
        });
        Assert.Equal(2_000, written);
    }

    [Fact]
    public async Task K1_a_write_that_ends_while_it_is_begun_does_not_end_the_batch()
    {
        var written = 0;
        TaskCompletionSource? next = null;
        var stop = false;
        // Ends each write on another thread at about the moment when the one that began it looks.
        var other = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    Interlocked.Exchange(ref next, null)?.SetResult();
                }
            },
            TaskCreationOptions.LongRunning);
        using var partition = Bridge.To<int>((i, _) =>
        {
            written++;
            var write = new TaskCompletionSource();
            Volatile.Write(ref next, write);
            Thread.SpinWait(i % 40);
            return write.Task;
        }).ToPartition(new WriteOptions { Timeout = Timeout.InfiniteTimeSpan });
        await OnThread(() =>
        {
            for (var batch = 0; batch < 200; batch++)
            {
                partition.WriteBatch([.. Enumerable.Range(0, 200)]);
            }
        });
        Volatile.Write(ref stop, true);
        await other;
        Assert.Equal(40_000, written);
    }

    [Fact]
    public async Task What_a_write_does_after_it_was_given_up_still_runs()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var partition = Bridge.To<int>(async (_, _) =>
        {
            await hung.Task;
            late.SetResult();
        }).ToPartition(new WriteOptions { Timeout = TimeSpan.FromMilliseconds(20) });
        await Assert.ThrowsAsync<SinkWriteException>(() => OnThread(() => partition.WriteBatch([1])));
        // Its context is gone; its clean-up must not be.
        hung.SetResult();
        await late.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_virtual_scheduler_that_cannot_wait_says_so_instead_of_hanging()
    {
        using var partition = Bridge.To<int>((_, _) => new TaskCompletionSource().Task).ToPartition();
        partition.Start(new TestScheduler());
        var error = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1]));
        Assert.Contains("ISchedulerWait", Assert.IsType<NotSupportedException>(error.InnerException).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_virtual_scheduler_that_cannot_wait_still_serves_writes_that_need_not()
    {
        using var partition = Bridge.To<int>((_, _) => Task.CompletedTask).ToPartition();
        partition.Start(new HistoricalScheduler());
        partition.WriteBatch([1, 2, 3]);
    }

    [Fact]
    public void F6_a_write_that_has_ended_schedules_nothing_from_another_thread()
    {
        // The framework completes the writes' tasks on the waiting thread, but tells of it on the thread pool, perhaps late.
        var clock = new OneThreadClock();
        using var partition = Bridge.To<int>(async (_, _) => await Observable.Timer(TimeSpan.FromTicks(1), clock)).ToPartition();
        partition.Start(clock);
        for (var batch = 0; batch < 2_000; batch++)
        {
            partition.WriteBatch([1, 2]);
        }

        Assert.Equal(0, clock.FromElsewhere);
    }

    private static Task OnThread(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        })
        {
            IsBackground = true,
        }.Start();
        return done.Task.WaitAsync(Times.Patience);
    }

    private sealed class OneThreadClock : VirtualTimeScheduler<long, long>, ISchedulerWait
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private int _fromElsewhere;

        public int FromElsewhere => _fromElsewhere;

        public override IDisposable ScheduleAbsolute<TState>(
            TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            if (Environment.CurrentManagedThreadId != _thread)
            {
                Interlocked.Increment(ref _fromElsewhere);
            }

            return base.ScheduleAbsolute(state, dueTime, action);
        }

        public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter)
        {
            while (!condition())
            {
                var next = GetNext() ?? throw new SchedulerDeadlockException(waiter);
                Clock = Math.Max(Clock, next.DueTime);
                next.Invoke();
            }

            return true;
        }

        protected override long Add(long absolute, long relative) => absolute + relative;

        protected override DateTimeOffset ToDateTimeOffset(long absolute) => new(absolute, TimeSpan.Zero);

        protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;

        protected override object? GetService(Type serviceType) =>
            serviceType == typeof(ISchedulerWait) ? this : base.GetService(serviceType);
    }

    private sealed class NobodyListens : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => Posts++;
    }
}
