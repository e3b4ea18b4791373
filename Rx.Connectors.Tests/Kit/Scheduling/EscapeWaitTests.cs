using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>Work that leaves the clock, and a clock that waits for it. It looks at the thread pool, which other tests keep busy.</summary>
[Collection(Alone.Name)]
public sealed class EscapeWaitTests
{
    [Fact]
    [Trait("speed", "slow")]
    public void What_hops_is_waited_for()
    {
        // Not that it repeats: see the remarks of the policy.
        for (var i = 0; i < 20; i++)
        {
            try
            {
                var recording = Hop(out var threads);
                Assert.NotEqual([Environment.CurrentManagedThreadId], threads);
                Assert.Equal(4 * 5, recording.Events.Count);
            }
            catch (EscapedWorkException error)
            {
                Assert.Contains("has left the virtual clock", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_chain_of_hops_is_no_error()
    {
        var clock = New();
        var hops = 0;
        clock.Run(async () => await Task.Run(async () =>
        {
            for (; hops < 1_000; hops++)
            {
                await Task.Yield();
            }
        }));
        Assert.Equal(1_000, hops);
        Assert.Equal(0, clock.Now());
    }

    [Fact]
    public void Escaped_work_may_schedule_and_come_back()
    {
        var clock = New();
        var log = new List<string>();
        Task? work = null;
        clock.AtMs(5, () => work = Work());
        clock.AtMs(20, () => log.Add("20"));
        clock.Start();
        Assert.Equal(["5", "15", "20", "35"], log);
        Assert.True(work!.IsCompletedSuccessfully);

        async Task Work()
        {
            await Task.Yield();
            log.Add($"{clock.Now()}");
            await Task.Delay(10.Ms(), clock.TimeProvider);
            log.Add($"{clock.Now()}");
            await Task.Yield();
            await Task.Delay(20.Ms(), clock.TimeProvider);
            await Task.Yield();
            log.Add($"{clock.Now()}");
        }
    }

    [Fact]
    public void What_was_awaited_since_an_earlier_time_is_not_late()
    {
        var clock = New();
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = -1L;
        Task? work = null;
        clock.AtMs(1, () => work = Read());
        clock.AtMs(50, () => source.SetResult(1));
        clock.AtMs(60, static () => { });
        clock.Start();
        Assert.Equal(50, seen);
        Assert.NotNull(work);

        async Task Read()
        {
            await source.Task;
            seen = clock.Now();
        }
    }

    [Fact]
    public void Two_at_once_are_reported()
    {
        var clock = New();
        var work = new List<Task>();
        clock.AtMs(5, () => work.Add(LeaveByYield()));
        clock.AtMs(5, () => work.Add(LeaveByYield()));
        var error = Assert.Throws<EscapedWorkException>(clock.Start);
        Assert.Contains("met other work that has left it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_real_timer_calls_back_is_reported()
    {
        var clock = New();
        Task? work = null;
        clock.AtMs(5, () => work = Late());
        clock.AtMs(9, static () => { });
        var error = Assert.Throws<EscapedWorkException>(() =>
        {
            for (var i = 0; i < 10_000_000; i++)
            {
                clock.AtMs(clock.Now() + 1, static () => { });
                clock.Start();
            }
        });
        Assert.Contains("TimerQueue", error.Message, StringComparison.Ordinal);
        Assert.Contains("What began on it at 50000 ", error.Message, StringComparison.Ordinal);
        Assert.NotNull(work);

        static async Task Late() => await Task.Delay(20);
    }

    [Fact]
    public void Work_that_hangs_is_reported_and_the_clock_goes_free()
    {
        var clock = New();
        clock.EscapePatience = TimeSpan.FromMilliseconds(50);
        using var never = new ManualResetEventSlim();
        Task? work = null;
        clock.AtMs(5, () => work = Task.Run(() => never.Wait(Times.Patience)));
        clock.AtMs(9, static () => { });
        var error = Assert.Throws<EscapedWorkException>(clock.Start);
        Assert.Contains("for work that began on it at 50000 and does not come back", error.Message, StringComparison.Ordinal);
        clock.Start();
        Assert.Equal(9, clock.Now());
        never.Set();
        Assert.True(SpinWait.SpinUntil(() => work!.IsCompleted, Times.Patience));
    }

    [Fact]
    public void A_clock_whose_thread_waits_for_escaped_work_is_no_deadlock()
    {
        var clock = New();
        clock.EscapePatience = TimeSpan.FromMilliseconds(50);
        var ran = false;
        clock.AtMs(5, () =>
        {
            // On a thread of its own, since the pool's could run it in place.
            var work = new Thread(() => ran = true);
            work.Start();
            work.Join();
        });
        Assert.Throws<EscapedWorkException>(clock.Start);
        Assert.True(ran);
    }

    [Fact]
    public void Work_that_waits_for_other_escaped_work_is_no_deadlock()
    {
        var clock = New();
        clock.EscapePatience = TimeSpan.FromMilliseconds(50);
        Task? work = null;
        clock.AtMs(5, () => work = Task.Run(static () =>
        {
            using var done = new ManualResetEventSlim();
            var inner = Task.Run(done.Set);
            done.Wait(Times.Patience);
        }));
        Assert.Throws<EscapedWorkException>(clock.Start);
        clock.EscapePatience = Times.Patience;
        Assert.True(SpinWait.SpinUntil(() => work!.IsCompleted, Times.Patience));
    }

    private static VirtualScheduler New() => new(new VirtualSchedulerOptions { Escapes = EscapePolicy.Wait });

    private static Recording Hop(out List<int> threads)
    {
        var clock = New();
        var recording = new Recording(clock);
        var seen = new HashSet<int>();
        for (var client = 0; client < 5; client++)
        {
            var lane = $"client {client}";
            var pace = 7 + client;
            // At times of their own, since two at once have no order.
            clock.AtMs(100 * client, () => { var work = Work(lane, pace); });
        }

        clock.Start();
        threads = [.. seen];
        return recording;

        async Task Work(string lane, int pace)
        {
            recording.Add(lane, RecordedKind.Opened, clock.Now());
            await Task.Yield();
            seen.Add(Environment.CurrentManagedThreadId);
            recording.Add(lane, RecordedKind.Delivered, clock.Now());
            await Task.Delay(pace.Ms(), clock.TimeProvider).ConfigureAwait(false);
            await Task.Run(() => recording.Add(lane, RecordedKind.Writing, clock.Now()));
            seen.Add(Environment.CurrentManagedThreadId);
            recording.Add(lane, RecordedKind.Completed, clock.Now());
        }
    }

    private static async Task LeaveByYield() => await Task.Yield();
}
