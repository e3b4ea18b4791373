using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Scheduling;

/// <summary>One timer of a <see cref="SchedulerTimeProvider"/>. A tick that was overtaken by a change is told by its number.</summary>
internal sealed class SchedulerTimer(IScheduler scheduler, TimerCallback callback, object? state) : ITimer
{
    private readonly Lock _gate = new();
    private IDisposable _scheduled = Disposable.Empty;
    private TimeSpan _period;
    private long _number;
    private bool _disposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
        long number;
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            // Zero means "once", as it does for the framework's own timers.
            _period = period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period;
            number = ++_number;
        }

        Schedule(dueTime, number);
        return true;
    }

    public void Dispose()
    {
        IDisposable scheduled;
        lock (_gate)
        {
            _disposed = true;
            _number++;
            scheduled = _scheduled;
            _scheduled = Disposable.Empty;
        }

        scheduled.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Schedule(TimeSpan dueTime, long number)
    {
        var scheduled = dueTime == Timeout.InfiniteTimeSpan
            ? Disposable.Empty
            : scheduler.ScheduleAfter((Timer: this, number), dueTime, static tick => tick.Timer.Tick(tick.number));
        IDisposable stale;
        lock (_gate)
        {
            // By now the tick may have run, or been overtaken: what cancels it must not take the place of its successor.
            (stale, _scheduled) = number == _number ? (_scheduled, scheduled) : (scheduled, _scheduled);
        }

        stale.Dispose();
    }

    private void Tick(long number)
    {
        TimeSpan period;
        long next;
        lock (_gate)
        {
            if (number != _number)
            {
                return;
            }

            period = _period;
            next = ++_number;
        }

        Schedule(period, next);
        // The framework's own timers come without a context, too.
        NoContext.Run((callback, state), static tick => tick.callback(tick.state));
    }
}
