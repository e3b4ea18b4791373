using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Until when a worker sleeps: until an epoch is over, which goes by elapsed time, or a partition is due, which is a date.</summary>
internal sealed class WorkerTimer(IScheduler scheduler, ElapsedTime elapsed, Action wake) : IDisposable
{
    // How often to look whether the clock was set, while a partition waits for a date: every second, or so many times in the wait.
    private const long DateLooks = 3_600;
    private static readonly TimeSpan _shortestLook = TimeSpan.FromSeconds(1);

    private readonly DateWatch? _dates = scheduler.KeepsDate() ? null : new DateWatch(scheduler, elapsed);
    private readonly bool _countsMilliseconds = !scheduler.IsVirtual() && scheduler is not WorkerThread;
    private readonly SerialDisposable _timer = new();
    private long _at = ElapsedTime.Never;

    /// <summary>Whether somebody has set the clock since it was asked last.</summary>
    /// <param name="now">The date.</param>
    /// <param name="unset">What it would be, had nobody.</param>
    public bool WasDateSet(long now, out long unset)
    {
        unset = now;
        return _dates is not null && _dates.WasSet(now, out unset);
    }

    /// <summary>Sleeps from now on.</summary>
    /// <param name="date">When a partition is due; <see cref="long.MaxValue"/> if none has a time.</param>
    /// <param name="epoch">When an epoch is over, in elapsed time; <see cref="ElapsedTime.Never"/> if none has begun.</param>
    public void Set(long date, long epoch)
    {
        var now = elapsed.Now;
        if (NextWait(now, date, epoch) is not { } wait)
        {
            _at = ElapsedTime.Never;
            _timer.Disposable = Disposable.Empty;
        }
        else if (wait <= TimeSpan.Zero)
        {
            wake();
        }
        else if (now + wait.Ticks < _at)
        {
            // Else the timer that is set is kept; a round more than needed does no harm, one timer per round would.
            _at = now + wait.Ticks;
            // Counted from now: an absolute time of more than 10 s is kept by Rx beside the scheduler, past its end, and then ends the
            // process.
            _timer.Disposable = scheduler.ScheduleAfter(this, wait, static timer => timer.Ring());
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        _at = ElapsedTime.Never;
        wake();
    }

    private TimeSpan? NextWait(long now, long date, long epoch)
    {
        var left = epoch == ElapsedTime.Never ? ElapsedTime.Never : epoch - now;
        if (date < long.MaxValue)
        {
            var untilDate = date - scheduler.Now.UtcTicks;
            left = Math.Min(left, _dates is null ? untilDate : Math.Min(untilDate, Math.Max(_shortestLook.Ticks, untilDate / DateLooks)));
        }

        return left == ElapsedTime.Never ? null : _countsMilliseconds && left > 0 ? WholeMilliseconds(left) : TimeSpan.FromTicks(left);
    }

    // A timer of the framework counts whole milliseconds, of which a part is gone when it is set, and forgets the rest: of less than
    // one it would leave none, and the worker would ask again and again until the time had come.
    private static TimeSpan WholeMilliseconds(long ticks) =>
        TimeSpan.FromMilliseconds((ticks / TimeSpan.TicksPerMillisecond) + 2);
}
