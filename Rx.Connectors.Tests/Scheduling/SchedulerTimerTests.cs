using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class SchedulerTimerTests
{
    private readonly WaitingTestScheduler _scheduler = new();
    private readonly List<long> _ticks = [];

    [Fact]
    public void A_periodic_timer_fires_after_its_due_time_and_every_period()
    {
        using var timer = Create(10, 25);
        _scheduler.AdvanceTo(100);
        Assert.Equal([10, 35, 60, 85], _ticks);
    }

    [Fact]
    public void A_zero_period_fires_once()
    {
        using var timer = Create(10, 0);
        _scheduler.Start();
        Assert.Equal([10], _ticks);
    }

    [Fact]
    public void An_infinite_period_fires_once_and_an_infinite_due_time_never()
    {
        using var once = _scheduler.ToTimeProvider().CreateTimer(Tick, null, 10.Ticks(), Timeout.InfiniteTimeSpan);
        using var never = _scheduler.ToTimeProvider().CreateTimer(Tick, null, Timeout.InfiniteTimeSpan, 10.Ticks());
        _scheduler.Start();
        Assert.Equal([10], _ticks);
    }

    [Fact]
    public void The_callback_gets_its_state()
    {
        object? got = null;
        using var timer = _scheduler.ToTimeProvider().CreateTimer(state => got = state, "state", 1.Ticks(), Timeout.InfiniteTimeSpan);
        _scheduler.Start();
        Assert.Equal("state", got);
    }

    [Fact]
    public void Change_moves_what_is_due()
    {
        using var timer = Create(10, 10);
        _scheduler.AdvanceTo(5);
        Assert.True(timer.Change(50.Ticks(), 100.Ticks()));
        _scheduler.AdvanceTo(160);
        Assert.Equal([55, 155], _ticks);
    }

    [Fact]
    public void Change_from_inside_the_callback_takes_the_place_of_the_next_tick()
    {
        ITimer? timer = null;
        timer = _scheduler.ToTimeProvider().CreateTimer(
            state =>
            {
                Tick(state);
                timer!.Change(7.Ticks(), 100.Ticks());
            },
            null,
            10.Ticks(),
            20.Ticks());
        using (timer)
        {
            _scheduler.AdvanceTo(30);
            Assert.Equal([10, 17, 24], _ticks);
        }
    }

    [Fact]
    public void Change_to_never_stops_it_until_the_next_change()
    {
        using var timer = Create(10, 10);
        _scheduler.AdvanceTo(10);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _scheduler.AdvanceTo(100);
        timer.Change(1.Ticks(), TimeSpan.Zero);
        _scheduler.Start();
        Assert.Equal([10, 101], _ticks);
    }

    [Fact]
    public async Task Dispose_stops_it_and_later_changes_are_refused()
    {
        var timer = Create(10, 10);
        _scheduler.AdvanceTo(10);
        timer.Dispose();
        await timer.DisposeAsync();
        Assert.False(timer.Change(1.Ticks(), 1.Ticks()));
        _scheduler.Start();
        Assert.Equal([10], _ticks);
    }

    [Fact]
    public void Dispose_from_inside_the_callback_stops_it()
    {
        ITimer? timer = null;
        timer = _scheduler.ToTimeProvider().CreateTimer(
            state =>
            {
                Tick(state);
                timer!.Dispose();
            },
            null,
            10.Ticks(),
            10.Ticks());
        _scheduler.Start();
        Assert.Equal([10], _ticks);
    }

    [Fact]
    public void A_tick_that_a_change_overtook_does_not_fire()
    {
        // Both are due at the same time, and the scheduler runs the change first.
        ITimer? timer = null;
        _scheduler.Schedule(10.Ticks(), () => timer!.Change(5.Ticks(), TimeSpan.Zero));
        timer = Create(10, 10);
        using (timer)
        {
            _scheduler.AdvanceTo(100);
            Assert.Equal([15], _ticks);
        }
    }

    [Fact]
    public void A_scheduler_that_fires_before_Schedule_returns_does_not_lose_the_next_tick()
    {
        using var timer = new EagerScheduler(_scheduler).ToTimeProvider().CreateTimer(Tick, null, TimeSpan.Zero, 10.Ticks());
        _scheduler.AdvanceTo(25);
        Assert.Equal([0, 10, 20], _ticks);
    }

    [Fact]
    public void A_change_while_a_tick_schedules_the_next_is_not_lost()
    {
        var eager = new EagerScheduler(_scheduler);
        ITimer? timer = null;
        using (timer = eager.ToTimeProvider().CreateTimer(Tick, null, 10.Ticks(), 10.Ticks()))
        {
            // As another thread would: after the tick took its number, before what it schedules is stored.
            eager.WhileScheduling = () => timer.Change(3.Ticks(), TimeSpan.Zero);
            _scheduler.AdvanceTo(100);
            Assert.Equal([10, 13], _ticks);
        }
    }

    private ITimer Create(int dueTime, int period) =>
        _scheduler.ToTimeProvider().CreateTimer(Tick, null, dueTime.Ticks(), period.Ticks());

    private void Tick(object? state) => _ticks.Add(_scheduler.Clock);

    /// <summary>Runs at once what is due at once, and can be interrupted between scheduling and returning.</summary>
    private sealed class EagerScheduler(IScheduler inner) : IScheduler
    {
        public DateTimeOffset Now => inner.Now;

        public Action? WhileScheduling { get; set; }

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => action(this, state);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            if (dueTime <= TimeSpan.Zero)
            {
                return action(this, state);
            }

            var scheduled = inner.Schedule(state, dueTime, (_, s) => action(this, s));
            var interrupt = WhileScheduling;
            WhileScheduling = null;
            interrupt?.Invoke();
            return new CompositeDisposable(scheduled);
        }

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - Now, action);
    }
}
