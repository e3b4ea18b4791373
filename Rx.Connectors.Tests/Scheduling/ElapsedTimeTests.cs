using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class ElapsedTimeTests
{
    private static readonly DateTimeOffset _noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly JumpingClock _clock = new(_noon);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void It_goes_on_evenly_where_the_date_is_set(int hours)
    {
        var elapsed = new ElapsedTime(_clock);
        Assert.Equal(_noon.UtcTicks, elapsed.Now);
        var due = elapsed.After(50.Ticks());
        _clock.AdvanceBy(20);
        _clock.SetBy(TimeSpan.FromHours(hours));
        Assert.Equal(20.Ticks(), elapsed.Since(_noon.UtcTicks));
        Assert.Equal(_clock.Now + 30.Ticks(), elapsed.DateOf(due));
        _clock.AdvanceBy(30);
        Assert.Equal(due, elapsed.Now);
        Assert.Equal(_clock.Now, elapsed.DateOf(due));
    }

    [Fact]
    public void A_span_may_be_as_long_as_a_span_can_be()
    {
        var elapsed = new ElapsedTime(_clock);
        Assert.Equal(ElapsedTime.Never, elapsed.After(TimeSpan.MaxValue));
        Assert.Equal(DateTimeOffset.MaxValue, elapsed.DateOf(elapsed.After(TimeSpan.FromDays(3_650_000))));
        Assert.Equal(DateTimeOffset.MinValue, elapsed.DateOf(-1));
    }

    [Fact]
    public void A_time_providers_timers_and_timestamps_go_by_it_and_its_date_is_the_date()
    {
        var time = _clock.ToTimeProvider();
        var began = time.GetTimestamp();
        var delay = Task.Delay(TimeSpan.FromMinutes(1), time);
        _clock.SetBy(TimeSpan.FromHours(-1));
        _clock.AdvanceBy(TimeSpan.TicksPerMinute - 1);
        Assert.False(delay.IsCompleted);
        _clock.AdvanceBy(1);
        Assert.True(delay.IsCompletedSuccessfully);
        Assert.Equal(TimeSpan.FromMinutes(1), time.GetElapsedTime(began));
        Assert.Equal(_noon + TimeSpan.FromMinutes(-59), time.GetUtcNow());
    }

    [Fact]
    public void A_wait_for_what_is_to_come_goes_by_it()
    {
        var elapsed = new ElapsedTime(_clock);
        _clock.SetBy(TimeSpan.FromHours(-1), after: 10.Ticks());
        _clock.SetBy(TimeSpan.FromHours(2), after: 20.Ticks());
        Assert.False(new Mailbox(_clock, elapsed).Run(static () => false, elapsed.After(100.Ticks()), "a test"));
        Assert.Equal(100, _clock.Elapsed.Clock);
    }

    [Fact]
    public void Every_real_scheduler_has_a_stopwatch_that_the_date_does_not_move()
    {
        using var thread = new WorkerThread("a worker");
        Assert.All<IScheduler>([DefaultScheduler.Instance, TaskPoolScheduler.Default, thread], scheduler =>
        {
            var elapsed = new ElapsedTime(scheduler);
            var before = elapsed.Now;
            Assert.InRange(elapsed.Now, before, before + Times.Patience.Ticks);
            Assert.InRange((elapsed.DateOf(before) - scheduler.Now).Duration(), TimeSpan.Zero, Times.Patience);
        });
    }
}
