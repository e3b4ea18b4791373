using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>F6: asynchronous code in virtual time, on one thread.</summary>
public sealed class AsyncClientTests
{
    [Fact]
    public void F6_awaited_code_runs_on_one_thread_and_repeats()
    {
        var first = RunAll();
        Assert.Equal(first, RunAll());
        Assert.Equal(
            ["delay 10", "tick 20", "tick 30", "timeout 35", "yield 35", "cancelled 40", "task 40", "nested 45", "end 45"], first);
    }

    [Fact]
    public void Run_returns_the_result_and_throws_what_the_work_throws()
    {
        var clock = new VirtualScheduler();
        Assert.Equal(7, clock.Run(async () =>
        {
            await Task.Delay(3.Ms(), clock.TimeProvider);
            return 7;
        }));
        var error = Assert.Throws<IOException>(() => clock.Run(async () =>
        {
            await Task.Yield();
            throw new IOException("reset");
        }));
        Assert.Equal("reset", error.Message);
    }

    [Fact]
    public void Run_reports_what_never_ends_as_a_deadlock()
    {
        var clock = new VirtualScheduler();
        var never = new TaskCompletionSource();
        var error = Assert.Throws<SchedulerDeadlockException>(() => clock.Run(() => never.Task));
        Assert.StartsWith("the work waits at 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_may_be_called_from_inside_an_action_and_from_inside_itself()
    {
        var clock = new VirtualScheduler();
        var ended = 0L;
        clock.AtMs(5, () => clock.Run(async () =>
        {
            await Task.Delay(5.Ms(), clock.TimeProvider);
            clock.Run(async () => await Task.Delay(5.Ms(), clock.TimeProvider));
            await Task.Yield();
            ended = clock.Now();
        }));
        clock.Start();
        Assert.Equal(15, ended);
    }

    [Fact]
    public void F6_an_adopted_stream_keeps_a_whole_flow_on_one_thread()
    {
        var (items, threads, actions) = RunFlow();
        Assert.Equal(Enumerable.Range(0, 20), items);
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal(actions, RunFlow().Actions);
    }

    [Fact]
    public void An_adopted_stream_passes_on_failure_and_cancellation_and_is_disposed()
    {
        var clock = new VirtualScheduler();
        var disposed = new List<long>();
        using var partition = Bridge.From(clock.Adopt(Failing(clock, disposed))).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(clock);
        clock.AdvanceMs(5);
        Assert.Equal([1], partition.NextBatch());
        clock.AdvanceMs(5);
        Assert.Equal("reset", Assert.Throws<IOException>(partition.NextBatch).Message);
        Assert.Equal([10], disposed);

        var hanging = Bridge.From(clock.Adopt(Hanging(clock, disposed))).ToPartition();
        hanging.Start(clock);
        clock.AdvanceMs(5);
        hanging.Dispose();
        clock.AdvanceMs(5);
        Assert.Equal(2, disposed.Count);
    }

    [Fact]
    public void A_task_that_is_not_adopted_may_still_be_started_on_the_clock()
    {
        var clock = new VirtualScheduler();
        var task = Task.Factory.StartNew(
            async () =>
            {
                await Task.Delay(4.Ms(), clock.TimeProvider);
                return (clock.Now(), Environment.CurrentManagedThreadId);
            },
            CancellationToken.None, TaskCreationOptions.None, clock.TaskScheduler).Unwrap();
        Assert.False(task.IsCompleted);
        Assert.Equal((4, Environment.CurrentManagedThreadId), clock.RunToEnd(task));
    }

    private static List<string> RunAll()
    {
        var clock = new VirtualScheduler();
        var thread = Environment.CurrentManagedThreadId;
        var log = new List<string>();
        clock.Run(async () =>
        {
            await Task.Delay(10.Ms(), clock.TimeProvider);
            Note("delay");
            using (var timer = new PeriodicTimer(10.Ms(), clock.TimeProvider))
            {
                for (var i = 0; i < 2; i++)
                {
                    await timer.WaitForNextTickAsync();
                    Note("tick");
                }
            }

            using (var timeout = new CancellationTokenSource(5.Ms(), clock.TimeProvider))
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(
                    () => Task.Delay(Timeout.InfiniteTimeSpan, clock.TimeProvider, timeout.Token));
                Note("timeout");
            }

            await Task.Yield();
            Note("yield");
            using var cancel = new CancellationTokenSource();
            clock.AtMs(40, cancel.Cancel);
            try
            {
                await Task.Delay(100.Ms(), clock.TimeProvider, cancel.Token);
            }
            catch (OperationCanceledException)
            {
                Note("cancelled");
            }

            await Task.Factory.StartNew(() => Note("task"), default, TaskCreationOptions.None, clock.TaskScheduler);
            await Nested();
            Note("end");
        });
        Assert.Equal(0, clock.Pending);
        return log;

        async Task Nested()
        {
            await Task.Delay(5.Ms(), clock.TimeProvider);
            Note("nested");
        }

        void Note(string what)
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            log.Add($"{what} {clock.Now()}");
        }
    }

    private static (List<int> Items, List<int> Threads, long Actions) RunFlow()
    {
        var clock = new VirtualScheduler();
        var threads = new HashSet<int>();
        var items = new List<int>();
        var flow = new Dataflow("adopted");
        flow.Input("in", Bridge.From(clock.Adopt(Client(clock, threads))).ToSource())
            .Output("out", Bridge.To<int>(async (item, _) =>
            {
                await Task.Delay(2.Ms(), clock.TimeProvider, CancellationToken.None);
                threads.Add(Environment.CurrentManagedThreadId);
                items.Add(item);
            }).ToSink());
        var result = clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = clock }));
        Assert.Equal(FlowOutcome.Completed, result.Outcome);
        Assert.Equal(20, result.ItemsWritten);
        return (items, [.. threads], clock.Actions);
    }

    private static async IAsyncEnumerable<int> Client(
        VirtualScheduler clock, HashSet<int> threads, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < 20; i++)
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Yield();
            threads.Add(Environment.CurrentManagedThreadId);
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            clock.AtMs(clock.Now() + 3, cancel.Cancel);
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock.TimeProvider, cancel.Token);
            }
            catch (OperationCanceledException)
            {
                threads.Add(Environment.CurrentManagedThreadId);
            }

            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Failing(VirtualScheduler clock, List<long> disposed)
    {
        try
        {
            await Task.Yield();
            yield return 1;
            await Task.Delay(10.Ms(), clock.TimeProvider);
            throw new IOException("reset");
        }
        finally
        {
            disposed.Add(clock.Now());
        }
    }

    private static async IAsyncEnumerable<int> Hanging(
        VirtualScheduler clock, List<long> disposed, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock.TimeProvider, cancellationToken);
            yield break;
        }
        finally
        {
            await Task.Yield();
            disposed.Add(clock.Now());
        }
    }
}
