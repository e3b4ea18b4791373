using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>
/// How much time has gone by on a scheduler, whatever happens to the date meanwhile: what intervals, timeouts, windows and backoff
/// are reckoned in. It begins with the date at which it was made, so that in virtual time the two are the same number.
/// Members may be called from any thread.
/// </summary>
internal sealed class ElapsedTime
{
    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue;

    // All schedulers of Rx's own with a real clock have the same; there may be one of these for each partition.
    private static readonly IStopwatch _real = DefaultScheduler.Instance.StartStopwatch();

    private readonly IScheduler _scheduler;
    private readonly IStopwatch _stopwatch;
    private readonly long _start;

    public ElapsedTime(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _stopwatch = StopwatchOf(scheduler);
        _start = scheduler.Now.UtcTicks - _stopwatch.Elapsed.Ticks;
    }

    /// <summary>Now, in ticks. Never less than it was.</summary>
    public long Now => _start + _stopwatch.Elapsed.Ticks;

    /// <summary>The time after a span that may be as long as a span can be.</summary>
    public long After(TimeSpan span)
    {
        var now = Now;
        return span.Ticks > Never - now ? Never : now + span.Ticks;
    }

    public TimeSpan Since(long time) => TimeSpan.FromTicks(Now - time);

    /// <summary>The date that it will be then, or was, if nobody sets the clock.</summary>
    public DateTimeOffset DateOf(long time)
    {
        if (time == Never)
        {
            return DateTimeOffset.MaxValue;
        }

        var left = time - Now;
        var date = _scheduler.Now.UtcTicks;
        return new DateTimeOffset(
            left > 0 ? date + Math.Min(left, DateTimeOffset.MaxValue.UtcTicks - date) : Math.Max(0, date + left), TimeSpan.Zero);
    }

    private static IStopwatch StopwatchOf(IScheduler scheduler) => scheduler.FindStopwatches() switch
    {
        null => new DateStopwatch(scheduler),
        LocalScheduler known when known.GetType().Assembly == typeof(LocalScheduler).Assembly || known is WorkerThread => _real,
        var stopwatches => stopwatches.StartStopwatch(),
    };

    // Without a stopwatch the date is all there is: a step back counts as no time, a step ahead cannot be told from time.
    private sealed class DateStopwatch(IScheduler scheduler) : IStopwatch
    {
        private readonly Lock _gate = new();
        private long _last = scheduler.Now.UtcTicks;
        private long _gone;

        public TimeSpan Elapsed
        {
            get
            {
                lock (_gate)
                {
                    var date = scheduler.Now.UtcTicks;
                    _gone += Math.Max(0, date - _last);
                    _last = date;
                    return TimeSpan.FromTicks(_gone);
                }
            }
        }
    }
}
