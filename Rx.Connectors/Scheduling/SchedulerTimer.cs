using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Scheduling;

/// <summary>One timer of a <see cref="SchedulerTimeProvider"/>. A tick that was overtaken by a change is told by its number.</summary>
internal sealed class SchedulerTimer(IScheduler scheduler, TimerCallback callback, object? state) : ITimer
{
    private readonly Lock _gate = new();
    private readonly SerialDisposable _scheduled = new();
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
        lock (_gate)
        {
            _disposed = true;
            _number++;
        }

        _scheduled.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Schedule(TimeSpan dueTime, long number)
    {
        _scheduled.Disposable = dueTime == Timeout.InfiniteTimeSpan
            ? Disposable.Empty
            : scheduler.Schedule((Timer: this, number), dueTime, static (_, tick) => tick.Timer.Tick(tick.number));
    }

    private IDisposable Tick(long number)
    {
        TimeSpan period;
        lock (_gate)
        {
            if (number != _number)
            {
                return Disposable.Empty;
            }

            period = _period;
        }

        Schedule(period, number);
        callback(state);
        return Disposable.Empty;
    }
}
