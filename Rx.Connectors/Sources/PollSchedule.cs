using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Sources;

/// <summary>
/// When to poll next. The times are reckoned from a fixed mark, not from when a poll happened to run, so they do not drift.
/// </summary>
internal sealed class PollSchedule
{
    private readonly TimeSpan _interval;
    private readonly DateTimeOffset? _alignTo;

    public PollSchedule(TimeSpan interval, DateTimeOffset? alignTo, DateTimeOffset now)
    {
        _interval = interval;
        _alignTo = alignTo;
        Next = alignTo is { } mark && SinceMark(mark, now) > 0 ? MarkAfter(mark, now) : now;
    }

    public DateTimeOffset Next { get; private set; }

    /// <summary>
    /// Goes on to the first mark that is still to come: after a stall there is one poll, and no burst of missed ones. A clock
    /// that was set back meanwhile does not make the same mark come again.
    /// </summary>
    public void Polled(DateTimeOffset now) => Next = MarkAfter(_alignTo ?? Next, now < Next ? Next : now);

    public void Retry(DateTimeOffset now, TimeSpan delay) => Next = now.AddOrMax(delay);

    private DateTimeOffset MarkAfter(DateTimeOffset mark, DateTimeOffset now) =>
        now.AddOrMax(TimeSpan.FromTicks(_interval.Ticks - SinceMark(mark, now)));

    // The remainder of a division that rounds down, so that it is right before the first mark, too.
    private long SinceMark(DateTimeOffset mark, DateTimeOffset now)
    {
        var remainder = (now - mark).Ticks % _interval.Ticks;
        return remainder < 0 ? remainder + _interval.Ticks : remainder;
    }
}
