using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>Notices that somebody has set the clock: the date has gone another way than the elapsed time. Not thread-safe.</summary>
internal sealed class DateWatch(IScheduler scheduler, ElapsedTime elapsed)
{
    // Less than a user would call set, and more than lies between two readings.
    private const long Tolerance = 10 * TimeSpan.TicksPerMillisecond;

    private const int MostReadings = 3;

    private long _lead = scheduler.Now.UtcTicks - elapsed.Now;

    /// <summary>Whether the clock was set since the last time that this was asked.</summary>
    /// <param name="date">The date, just read.</param>
    /// <param name="unset">The date that it would be, had nobody set the clock.</param>
    public bool WasSet(long date, out long unset)
    {
        var now = elapsed.Now;
        unset = now + _lead;
        if (IsSame(date - now))
        {
            return false;
        }

        var lead = ReadLead();
        if (IsSame(lead))
        {
            return false;
        }

        _lead = lead;
        return true;
    }

    private bool IsSame(long lead) => Math.Abs(lead - _lead) <= Tolerance;

    // A thread that was interrupted between the two readings has to read again.
    private long ReadLead()
    {
        long date = 0, now = 0;
        for (var i = 0; i < MostReadings; i++)
        {
            var before = elapsed.Now;
            date = scheduler.Now.UtcTicks;
            now = elapsed.Now;
            if (now - before < Tolerance / 2)
            {
                break;
            }
        }

        return date - now;
    }
}
