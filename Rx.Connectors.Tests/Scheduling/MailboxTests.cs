using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class MailboxTests
{
    private readonly WaitingTestScheduler _scheduler = new();

    [Fact]
    public void Run_runs_posts_on_the_waiting_thread_in_their_order()
    {
        var mailbox = new Mailbox(_scheduler);
        var ran = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            mailbox.Post(_ => ran.Add(number), null);
        }

        Assert.True(mailbox.Run(() => ran.Count == 3, null, "a test"));
        Assert.Equal([0, 1, 2], ran);
    }

    [Fact]
    public void Run_runs_what_is_posted_at_later_virtual_times_and_ends_when_it_is_done()
    {
        var mailbox = new Mailbox(_scheduler);
        var done = false;
        _scheduler.Schedule(30.Ticks(), () => mailbox.Post(_ => { }, null));
        _scheduler.Schedule(70.Ticks(), () => mailbox.Post(_ => done = true, null));
        Assert.True(mailbox.Run(() => done, 100L, "a test"));
        Assert.Equal(70, _scheduler.Clock);
    }

    [Fact]
    public void A_timeout_in_virtual_time_leaves_the_clock_at_until()
    {
        _scheduler.Schedule(500.Ticks(), () => { });
        Assert.False(new Mailbox(_scheduler).Run(() => false, 100L, "a test"));
        Assert.Equal(100, _scheduler.Clock);
    }

    [Fact]
    public void A_deadlock_names_the_waiter()
    {
        var deadlock = Assert.Throws<SchedulerDeadlockException>(
            () => new Mailbox(_scheduler).Run(() => false, null, "The sink 'out'"));
        Assert.Contains("The sink 'out'", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_virtual_scheduler_without_the_service_is_refused()
    {
        foreach (var scheduler in new IScheduler[] { new TestScheduler(), new HistoricalScheduler() })
        {
            var refused = Assert.Throws<NotSupportedException>(
                () => new Mailbox(scheduler).Run(() => false, 100L, "The sink 'out'"));
            Assert.Contains("The sink 'out'", refused.Message, StringComparison.Ordinal);
            Assert.Contains(scheduler.GetType().Name, refused.Message, StringComparison.Ordinal);
            Assert.Contains(nameof(ISchedulerWait), refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_virtual_scheduler_without_the_service_will_do_where_nothing_must_wait()
    {
        var mailbox = new Mailbox(new TestScheduler());
        var done = false;
        mailbox.Post(_ => done = true, null);
        Assert.True(mailbox.Run(() => done, null, "a test"));
    }

    [Fact]
    public void A_clock_that_stands_still_behind_a_wrapper_is_refused_instead_of_waited_for()
    {
        var hidden = new TestScheduler().DisableOptimizations();
        var refused = Assert.Throws<NotSupportedException>(
            () => new Mailbox(hidden).Run(() => false, hidden.Now.UtcTicks + TimeSpan.TicksPerMillisecond, "a test"));
        Assert.Contains(nameof(ISchedulerWait), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Posts_without_end_do_not_stretch_a_timeout()
    {
        var mailbox = new Mailbox(_scheduler);
        var posts = 0;
        PostAgain();
        Assert.False(mailbox.Run(() => false, 100L, "a test"));
        Assert.InRange(_scheduler.Clock, 100, 110);

        void PostAgain() => mailbox.Post(
            _ =>
            {
                _scheduler.Sleep(10);
                Assert.True(++posts < 1_000, "the timeout has long passed");
                PostAgain();
            },
            null);
    }

    [Fact]
    public void What_was_posted_in_time_counts_at_the_timeout()
    {
        var mailbox = new Mailbox(_scheduler);
        var done = false;
        mailbox.Post(_ => done = true, null);
        Assert.True(mailbox.Run(() => done, 0L, "a test"));
    }

    [Fact]
    public void The_callers_context_is_restored_and_the_mailbox_is_current_in_between()
    {
        var outer = SynchronizationContext.Current;
        var caller = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(caller);
        try
        {
            var mailbox = new Mailbox(_scheduler);
            mailbox.Enter();
            Assert.Same(mailbox, SynchronizationContext.Current);
            SynchronizationContext? inAction = null;
            _scheduler.Schedule(10.Ticks(), () => inAction = SynchronizationContext.Current);
            mailbox.Run(() => false, 20L, "a test");
            Assert.Same(caller, inAction);
            Assert.Same(mailbox, SynchronizationContext.Current);
            mailbox.Leave();
            Assert.Same(caller, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    [Fact]
    public void Posts_after_leaving_run_in_the_background()
    {
        var mailbox = new Mailbox(_scheduler);
        var ran = new List<string>();
        mailbox.Enter();
        mailbox.Post(_ => ran.Add("left behind"), null);
        mailbox.Leave();
        mailbox.Post(_ => ran.Add("late"), null);
        Assert.Empty(ran);
        _scheduler.AdvanceBy(10);
        Assert.Equal(["left behind", "late"], ran);
    }

    [Fact]
    public void On_the_real_clock_a_post_from_another_thread_wakes_the_waiter()
    {
        var mailbox = new Mailbox(DefaultScheduler.Instance);
        var ranOn = 0;
        var poster = new Thread(() => mailbox.Post(_ => ranOn = Environment.CurrentManagedThreadId, null));
        poster.Start();
        Assert.True(mailbox.Run(() => ranOn != 0, new ElapsedTime(DefaultScheduler.Instance).After(Times.Patience), "a test"));
        poster.Join();
        Assert.Equal(Environment.CurrentManagedThreadId, ranOn);
    }

    [Fact]
    public void On_the_real_clock_a_timeout_ends_the_wait()
    {
        var elapsed = new ElapsedTime(DefaultScheduler.Instance);
        var until = elapsed.After(TimeSpan.FromMilliseconds(20));
        Assert.False(new Mailbox(DefaultScheduler.Instance, elapsed).Run(() => false, until, "a test"));
        Assert.True(elapsed.Now >= until);
    }

    [Fact]
    public async Task On_the_real_clock_posts_after_leaving_run_on_another_thread()
    {
        var mailbox = new Mailbox(DefaultScheduler.Instance);
        mailbox.Enter();
        mailbox.Leave();
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mailbox.Post(_ => ran.SetResult(), null);
        await ran.Task.WaitAsync(Times.Patience);
    }

    [Fact]
    public void What_one_that_threw_has_left_is_run_before_what_is_posted_later()
    {
        var mailbox = new Mailbox(_scheduler);
        var ran = new List<int>();
        mailbox.Post(_ => throw new InvalidOperationException(), null);
        mailbox.Post(_ => ran.Add(1), null);
        Assert.Throws<InvalidOperationException>(mailbox.RunPosts);
        mailbox.Post(_ => ran.Add(2), null);
        Assert.True(mailbox.Run(() => ran.Count == 2, null, "a test"));
        Assert.Equal([1, 2], ran);
    }

    [Fact]
    public void What_is_posted_just_before_the_thread_sleeps_is_not_slept_through()
    {
        var mailbox = new Mailbox(DefaultScheduler.Instance);
        var done = false;
        Assert.True(mailbox.Run(() => done, null, "a test", () => mailbox.Post(_ => done = true, null)));
    }

    [Fact]
    public void F6_a_wake_that_comes_late_leaves_nothing_to_run()
    {
        var clock = new VirtualScheduler();
        var mailbox = new Mailbox(clock);
        mailbox.Enter();
        mailbox.Wake();
        mailbox.Leave();
        mailbox.Wake();

        Assert.Equal(0, clock.Pending);
    }
}
