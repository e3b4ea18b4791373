using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Until when the worker sleeps: until an epoch is over, which goes by elapsed time, or a partition is due, which is a date.</summary>
internal sealed partial class Worker
{
    // How often to look whether the clock was set, while a partition waits for a date: every second, or so many times in the wait.
    private const long DateLooks = 3_600;
    private static readonly TimeSpan _shortestLook = TimeSpan.FromSeconds(1);

    private readonly DateWatch? _dates = context.Scheduler.KeepsDate() ? null : new DateWatch(context.Scheduler, context.Run.Elapsed);
    private readonly bool _countsMilliseconds = !context.Scheduler.IsVirtual() && context.Scheduler is not WorkerThread;
    private readonly SerialDisposable _timer = new();
    private long _timerAt = ElapsedTime.Never;

    // Where somebody has set the clock those that wait say anew until when: one that waits for a date the same date, one that lets an
    // interval pass another. What was due already stays so.
    private void LookAtDate(long now)
    {
        if (_dates is null || !_dates.WasSet(now, out var unset))
        {
            return;
        }

        foreach (var runner in _notClosed)
        {
            OrRestart(runner, () => AskAnew(runner, now, unset));
        }
    }

    private void AskAnew(SourceRunner runner, long now, long unset)
    {
        if (runner.DueLater != long.MaxValue)
        {
            runner.DueLater = DueAnew(runner, runner.DueLater, now, unset);
        }
        else if (runner.DueAt != long.MaxValue)
        {
            Due(runner, DueAnew(runner, runner.DueAt, now, unset));
        }
    }

    private static long DueAnew(SourceRunner runner, long due, long now, long unset) =>
        due <= unset || !runner.IsBuilt ? 0 : runner.NextAwake?.UtcTicks ?? now;

    private void ScheduleNext()
    {
        var now = _elapsed.Now;
        if (NextWait(now) is not { } wait)
        {
            _timerAt = ElapsedTime.Never;
            _timer.Disposable = Disposable.Empty;
        }
        else if (wait <= TimeSpan.Zero)
        {
            Wake();
        }
        else if (now + wait.Ticks < _timerAt)
        {
            // Else the timer that is set is kept; a round more than needed does no harm, one timer per round would.
            _timerAt = now + wait.Ticks;
            // Counted from now: an absolute time of more than 10 s is kept by Rx beside the scheduler, past its end, and then ends the
            // process.
            _timer.Disposable = _scheduler.ScheduleAfter(this, wait, static worker =>
            {
                worker._timerAt = ElapsedTime.Never;
                worker.Wake();
            });
        }
    }

    private TimeSpan? NextWait(long now)
    {
        var left = _run.Epochs.DueAt == ElapsedTime.Never ? ElapsedTime.Never : _run.Epochs.DueAt - now;
        if (_agenda.NextTime is < long.MaxValue and var next)
        {
            var untilDate = next - _scheduler.Now.UtcTicks;
            left = Math.Min(left, _dates is null ? untilDate : Math.Min(untilDate, Math.Max(_shortestLook.Ticks, untilDate / DateLooks)));
        }

        return left == ElapsedTime.Never ? null : _countsMilliseconds && left > 0 ? WholeMilliseconds(left) : TimeSpan.FromTicks(left);
    }

    // A timer of the framework counts whole milliseconds, of which a part is gone when it is set, and forgets the rest: of less than
    // one it would leave none, and the worker would ask again and again until the time had come.
    private static TimeSpan WholeMilliseconds(long ticks) =>
        TimeSpan.FromMilliseconds((ticks / TimeSpan.TicksPerMillisecond) + 2);
}
