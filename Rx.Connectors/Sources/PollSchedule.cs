using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Sources;

/// <summary>
/// When to poll next. The times are reckoned from a fixed mark, not from when a poll happened to run, so they do not drift. With a
/// mark that is a date they follow the date; without one they, and a retry in any case, go by the elapsed time.
/// </summary>
internal sealed class PollSchedule
{
    private readonly TimeSpan _interval;
    private readonly DateTimeOffset? _alignTo;
    private readonly IScheduler _scheduler;
    private readonly ElapsedTime _elapsed;

    // Where there is a mark: the next time of those that come whole intervals from it.
    private DateTimeOffset _mark;

    // Where there is none, and after a retry: then the mark does not count.
    private long? _next;

    public PollSchedule(TimeSpan interval, DateTimeOffset? alignTo, IScheduler scheduler)
    {
        _interval = interval;
        _alignTo = alignTo;
        _scheduler = scheduler;
        _elapsed = new ElapsedTime(scheduler);
        var now = scheduler.Now;
        if (alignTo is { } mark)
        {
            _mark = SinceMark(mark, now) > 0 ? MarkAfter(mark, now) : now;
        }
        else
        {
            _next = _elapsed.Now;
        }
    }

    /// <summary>When to poll next; null where there is no interval to wait for, and what polls does so by its own rule.</summary>
    public DateTimeOffset? Next =>
        _interval == TimeSpan.Zero && IsDue ? null : _next is { } next ? _elapsed.DateOf(next) : MarkAt(_scheduler.Now);

    public bool IsDue => _next is { } next ? _elapsed.Now >= next : _scheduler.Now is var now && now >= MarkAt(now);

    /// <summary>
    /// Goes on to the first time that is still to come: after a stall there is one poll, and no burst of missed ones. A date
    /// that was set back meanwhile does not make the same mark come again.
    /// </summary>
    public void Polled()
    {
        if (_alignTo is { } mark)
        {
            var now = _scheduler.Now;
            _mark = MarkAfter(mark, _next is null && MarkAt(now) > now ? _mark : now);
            _next = null;
        }
        else
        {
            var now = _elapsed.Now;
            var left = _interval == TimeSpan.Zero ? 0 : _interval.Ticks - ((now - _next!.Value) % _interval.Ticks);
            _next = left > ElapsedTime.Never - now ? ElapsedTime.Never : now + left;
        }
    }

    public void Retry(TimeSpan delay) => _next = _elapsed.After(delay);

    // Where the date was set back by more than an interval the marks begin anew: to wait until it has caught up could take for ever.
    private DateTimeOffset MarkAt(DateTimeOffset now) =>
        _mark - now - _interval > _interval ? _mark = MarkAfter(_alignTo!.Value, now) : _mark;

    private DateTimeOffset MarkAfter(DateTimeOffset mark, DateTimeOffset now) =>
        now.AddOrMax(TimeSpan.FromTicks(_interval.Ticks - SinceMark(mark, now)));

    // The remainder of a division that rounds down, so that it is right before the first mark, too.
    private long SinceMark(DateTimeOffset mark, DateTimeOffset now)
    {
        var remainder = (now - mark).Ticks % _interval.Ticks;
        return remainder < 0 ? remainder + _interval.Ticks : remainder;
    }
}
