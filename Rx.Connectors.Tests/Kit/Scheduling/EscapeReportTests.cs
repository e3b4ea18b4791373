using System.Threading.Channels;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>F6: work that has left the clock is reported as that, and nothing else is.</summary>
public sealed class EscapeReportTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void F6_ConfigureAwait_false_under_the_context_is_named()
    {
        Reported(nameof(LeaveByConfigureAwait), () => _clock.Run(LeaveByConfigureAwait));
    }

    [Fact]
    public void F6_Yield_without_a_context_is_named()
    {
        Task? work = null;
        _clock.At(3, () => work = LeaveByYield());
        var message = Reported(nameof(LeaveByYield), () =>
        {
            _clock.AdvanceBy(10);
            LetRun(work!);
            _clock.AdvanceBy(10);
        });
        Assert.Contains("What began on it at 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void F6_Task_Run_is_reported()
    {
        Reported("", () => _clock.Run(() => Task.Run(static () => { })));
    }

    [Fact]
    public void F6_asynchronous_continuations_are_named()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? work = null;
        _clock.At(1, () => work = LeaveAfter(source.Task));
        _clock.At(2, source.SetResult);
        Reported(nameof(LeaveAfter), () =>
        {
            _clock.AdvanceBy(10);
            LetRun(work!);
            _clock.AdvanceBy(10);
        });
    }

    [Fact]
    public void F6_a_channel_that_continues_on_the_pool_between_runs_is_reported()
    {
        var channel = Channel.CreateUnbounded<int>();
        Task? work = null;
        _clock.At(1, () => work = channel.Reader.ReadAsync().AsTask());
        _clock.At(1, () => work = LeaveAfter(work!));
        _clock.AdvanceBy(5);
        channel.Writer.TryWrite(1);
        Reported("", () =>
        {
            LetRun(work!);
            _clock.AdvanceBy(5);
        });
    }

    [Fact]
    public void F6_a_thread_that_schedules_while_the_clock_runs_is_reported()
    {
        var message = Reported("", () => _clock.Run(() =>
        {
            Thread thread;
            using (ExecutionContext.SuppressFlow())
            {
                thread = new Thread(() => _clock.At(5, static () => { })) { Name = "own" };
                thread.Start();
            }

            thread.Join();
            return Task.CompletedTask;
        }));
        Assert.Contains("'own' scheduled something on the virtual clock while the clock ran, at 0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void F6_work_that_escapes_in_the_last_action_is_reported_by_the_next_step_at_the_latest()
    {
        for (var i = 0; i < 50; i++)
        {
            var clock = new VirtualScheduler();
            Task? work = null;
            clock.At(3, () => work = LeaveByYield());
            clock.At(1_000, static () => { });
            Assert.Throws<EscapedWorkException>(() =>
            {
                clock.AdvanceBy(10);
                LetRun(work!);
                clock.AdvanceBy(10);
            });
        }
    }

    [Fact]
    public void F6_a_deadlock_tells_of_escaped_work()
    {
        var never = new TaskCompletionSource();
        Task? work = null;
        _clock.At(1, () =>
        {
            work = LeaveAndWait(never.Task);
            _clock.RunUntil(() => never.Task.IsCompleted, null, "the test for the work");
        });
        var error = Assert.Throws<SchedulerDeadlockException>(_clock.Start);
        Assert.StartsWith("the test for the work waits at 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Work has left the virtual clock", error.Message, StringComparison.Ordinal);
        never.SetResult();
        Assert.NotNull(work);
    }

    [Fact]
    public void A_report_is_made_once_and_the_clock_may_go_on()
    {
        Reported("", () => _clock.Run(LeaveByConfigureAwait));
        _clock.AtMs(100, static () => { });
        _clock.Start();
        Assert.Equal(100, _clock.Now());
    }

    [Fact]
    public void Ignore_does_nothing()
    {
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Escapes = EscapePolicy.Ignore });
        Task? work = null;
        clock.At(1, () => work = LeaveByYield());
        clock.Start();
        Assert.True(SpinWait.SpinUntil(() => work!.IsCompletedSuccessfully, Times.Patience));
        clock.At(2, static () => { });
        clock.Start();
    }

    [Fact]
    public void Completing_by_hand_between_runs_is_no_escape()
    {
        var source = new TaskCompletionSource<int>();
        var seen = new List<(int, int)>();
        Task? work = null;
        _clock.At(1, () => work = Read());
        _clock.AdvanceBy(5);
        source.SetResult(7);
        _clock.AdvanceBy(5);
        _clock.Start();
        Assert.Equal([(7, Environment.CurrentManagedThreadId)], seen);
        Assert.True(work!.IsCompletedSuccessfully);

        async Task Read() => seen.Add((await source.Task, Environment.CurrentManagedThreadId));
    }

    [Fact]
    public async Task Awaiting_real_things_between_runs_is_no_escape()
    {
        var seen = 0;
        for (var i = 0; i < 20; i++)
        {
            _clock.At(_clock.Clock + 1, () => seen++);
            _clock.AdvanceBy(2);
            await Task.Yield();
            await Task.Run(static () => { });
            await Task.Delay(1);
        }

        _clock.Start();
        Assert.Equal(20, seen);
    }

    [Fact]
    public async Task Real_flows_beside_the_clock_are_no_escape()
    {
        using var stop = new CancellationTokenSource();
        var real = Task.Run(async () =>
        {
            var runs = 0;
            while (!stop.IsCancellationRequested || runs == 0)
            {
                var flow = new Dataflow("real");
                flow.Input("in", Bridge.From(Real()).ToSource()).Output("out", Bridge.To<int>(async (_, _) => await Task.Yield()).ToSink());
                await flow.RunAsync();
                runs++;
            }
        });
        for (var i = 0; i < 300; i++)
        {
            var clock = new VirtualScheduler();
            for (var at = 0; at < 100; at++)
            {
                clock.At(at, static () => { });
            }

            clock.Start();
        }

        await stop.CancelAsync();
        await real.WaitAsync(Times.Patience);
    }

    private static async IAsyncEnumerable<int> Real()
    {
        for (var i = 0; i < 5; i++)
        {
            await Task.Delay(1);
            yield return i;
        }
    }

    private async Task LeaveByConfigureAwait()
    {
        await Task.Delay(5.Ms(), _clock.TimeProvider).ConfigureAwait(false);
        // Completed by code that runs under the context, where what said false may not go on in place.
        var source = new TaskCompletionSource();
#pragma warning disable VSTHRD001 // Posting is the subject.
        _clock.Context.Post(_ => source.SetResult(), null);
#pragma warning restore VSTHRD001
        await source.Task.ConfigureAwait(false);
    }

    private static async Task LeaveByYield() => await Task.Yield();

    private static async Task LeaveAfter(Task task)
    {
        await task;
        GC.KeepAlive(task);
    }

    private static async Task LeaveAndWait(Task task)
    {
        await Task.Yield();
        await task;
    }

    // On a busy machine a thread may have taken the work from the pool's queue and not begun it when the clock looks.
    private static void LetRun(Task work) => SpinWait.SpinUntil(() => work.IsCompleted, Times.Patience);

    private static string Reported(string method, Action run)
    {
        // Where the clock waits for the work and the pool is slow, it has nothing left to run before the work shows itself, and says so.
        var error = Assert.ThrowsAny<Exception>(run);
        Assert.True(error is EscapedWorkException or SchedulerDeadlockException, error.ToString());
        Assert.Contains("Work has left the virtual clock", error.Message, StringComparison.Ordinal);
#if !DEBUG
        // Unoptimised code keeps the method's state where the runtime no longer tells its type.
        Assert.Contains(method, error.Message, StringComparison.Ordinal);
#else
        GC.KeepAlive(method);
#endif
        return error.Message;
    }
}
