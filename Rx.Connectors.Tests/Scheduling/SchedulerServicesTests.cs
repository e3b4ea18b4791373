using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class SchedulerServicesTests
{
    [Fact]
    public void IsVirtual_knows_the_virtual_time_schedulers()
    {
        Assert.True(new TestScheduler().IsVirtual());
        Assert.True(new HistoricalScheduler().IsVirtual());
        Assert.True(new WaitingTestScheduler().IsVirtual());
    }

    [Fact]
    public void IsVirtual_is_false_where_the_clock_is_real()
    {
        using var eventLoop = new EventLoopScheduler();
        IScheduler[] real =
        [
            eventLoop, TaskPoolScheduler.Default, ThreadPoolScheduler.Instance, DefaultScheduler.Instance,
            NewThreadScheduler.Default, CurrentThreadScheduler.Instance, ImmediateScheduler.Instance,
        ];
        Assert.All(real, scheduler =>
        {
            Assert.False(scheduler.IsVirtual());
            Assert.False(Catching(scheduler).IsVirtual());
            Assert.False(scheduler.DisableOptimizations().IsVirtual());
        });
    }

    [Fact]
    public void IsVirtual_sees_through_a_wrapper_that_passes_services_on()
    {
        Assert.True(Catching(new TestScheduler()).IsVirtual());
        Assert.True(Catching(Catching(new HistoricalScheduler())).IsVirtual());
        Assert.True(new TestScheduler().DisableOptimizations(typeof(ISchedulerPeriodic)).IsVirtual());
    }

    [Fact]
    public void IsVirtual_sees_through_every_wrapper_of_a_scheduler_that_can_be_waited_on()
    {
        var scheduler = new WaitingTestScheduler();
        Assert.True(scheduler.DisableOptimizations().IsVirtual());
        Assert.Same(scheduler, scheduler.DisableOptimizations().FindWait());
        Assert.Same(scheduler, Catching(scheduler).FindWait());
    }

    // With its services hidden nothing tells the two apart; Mailbox notices that the clock stands still.
    [Fact]
    public void IsVirtual_takes_a_virtual_clock_whose_services_are_hidden_for_a_real_one() =>
        Assert.False(new TestScheduler().DisableOptimizations().IsVirtual());

    [Fact]
    public void Background_is_the_scheduler_itself_in_virtual_time_and_the_thread_pool_else()
    {
        var scheduler = new TestScheduler();
        var wrapped = Catching(scheduler);
        Assert.Same(scheduler, scheduler.Background());
        Assert.Same(wrapped, wrapped.Background());
        using var eventLoop = new EventLoopScheduler();
        Assert.Same(TaskPoolScheduler.Default, eventLoop.Background());
    }

    private static IScheduler Catching(IScheduler scheduler) => scheduler.Catch((InvalidDataException _) => true);
}
