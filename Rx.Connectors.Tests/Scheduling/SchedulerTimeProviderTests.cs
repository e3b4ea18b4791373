using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class SchedulerTimeProviderTests
{
    private readonly WaitingTestScheduler _scheduler = new();
    private readonly TimeProvider _time;

    public SchedulerTimeProviderTests() => _time = _scheduler.ToTimeProvider();

    [Fact]
    public void ToTimeProvider_of_null_is_refused() =>
        Assert.Throws<ArgumentNullException>("scheduler", () => ((IScheduler)null!).ToTimeProvider());

    [Fact]
    public void It_reads_the_schedulers_clock()
    {
        _scheduler.AdvanceTo(5_000);
        Assert.Equal(5_000L.At(), _time.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, _time.GetLocalNow().Offset);
        var start = _time.GetTimestamp();
        _scheduler.AdvanceBy(250);
        Assert.Equal(250.Ticks(), _time.GetElapsedTime(start));
    }

    [Fact]
    public void Task_Delay_over_it_follows_virtual_time()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time);
        _scheduler.AdvanceTo(TimeSpan.FromHours(1).Ticks - 1);
        Assert.False(delay.IsCompleted);
        _scheduler.AdvanceBy(1);
        Assert.True(delay.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_cancelled_delay_leaves_no_timer()
    {
        using var stop = new CancellationTokenSource();
        var delay = Task.Delay(TimeSpan.FromHours(1), _time, stop.Token);
        stop.Cancel();
        Assert.True(delay.IsCanceled);
        _scheduler.Start();
        Assert.Equal(0, _scheduler.Clock);
    }

    [Fact]
    public void CancelAfter_over_it_follows_virtual_time()
    {
        using var stop = new CancellationTokenSource(100.Ticks() * 10_000, _time);
        _scheduler.AdvanceTo(999_999);
        Assert.False(stop.IsCancellationRequested);
        _scheduler.AdvanceTo(1_000_000);
        Assert.True(stop.IsCancellationRequested);
    }

    [Fact]
    public void CreateTimer_checks_its_arguments()
    {
        Assert.Throws<ArgumentNullException>("callback", () => _time.CreateTimer(null!, null, 1.Ticks(), 1.Ticks()));
        Assert.Throws<ArgumentOutOfRangeException>(
            "dueTime", () => _time.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(-2), 1.Ticks()));
        Assert.Throws<ArgumentOutOfRangeException>(
            "period", () => _time.CreateTimer(_ => { }, null, 1.Ticks(), TimeSpan.FromMilliseconds(-2)));
    }
}
