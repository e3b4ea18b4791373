using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// When batches begin and end, by the semantics of Rx's <c>Buffer(timeSpan, count)</c> (rule S7), without its timer: windows
/// of the maximum delay follow each other from the start, and a full batch begins a new window. Only the window that holds
/// items is ever worked out, so the clock is read at most twice a batch and an idle partition costs nothing.
/// </summary>
internal sealed class BatchWindow
{
    // Longer than this is never, and adding it to a date would leave the calendar.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(365_000);

    private readonly long _delay;
    private readonly bool _canExpect;
    private readonly ElapsedTime _elapsed;
    private long _start;
    private long _due;
    private bool _wasFull;

    /// <param name="maxCount">How many items make a full batch.</param>
    /// <param name="maxDelay">How long a window is.</param>
    /// <param name="elapsed">The clock.</param>
    public BatchWindow(int maxCount, TimeSpan maxDelay, ElapsedTime elapsed)
    {
        _delay = maxDelay == Timeout.InfiniteTimeSpan || maxDelay > _longest ? long.MaxValue : maxDelay.Ticks;
        // A batch of one begins and fills at once, so there is nothing to expect.
        _canExpect = maxCount > 1 && HasBoundaries;
        _elapsed = elapsed;
        _start = Now;
    }

    /// <summary>When the first item of the window came.</summary>
    public long Since { get; private set; }

    /// <summary>Whether the first item of a window is not due at once.</summary>
    public bool HasDelay => _delay > 0;

    public long Now => _elapsed.Now;

    // Not without a delay, where windows have no length, and not with an infinite one.
    private bool HasBoundaries => _delay is > 0 and < long.MaxValue;

    /// <summary>The first item of a window has come. True if that is news to a poller: a delay has begun.</summary>
    public bool Open()
    {
        Since = Now;
        _due = _delay switch
        {
            long.MaxValue => long.MaxValue,
            0 => Since,
            // An item on the boundary itself still belongs to the window that ends there.
            _ => _start + (Math.Max(1, (Since - _start + _delay - 1) / _delay) * _delay),
        };
        return !_wasFull && _due != long.MaxValue;
    }

    /// <summary>Items have come that nobody saw come: since the last boundary, so that they are due at the next.</summary>
    public void OpenUnseen()
    {
        Since = _start;
        _due = _delay == long.MaxValue ? long.MaxValue : _start + _delay;
    }

    /// <summary>Whether the window is over that holds items.</summary>
    public bool IsOver() => _due != long.MaxValue && Now >= _due;

    /// <summary>Its batch is full, and the next window begins. The next batch is expected: the poller is told when it ends.</summary>
    public void Fill()
    {
        _start = Now;
        _wasFull = _canExpect;
    }

    /// <summary>Its items were taken, for it is over.</summary>
    public void Close()
    {
        var now = Now;
        _wasFull = false;
        // The windows go on from the last boundary that has passed, so that late polls do not shift them.
        _start = _delay == 0 ? now : _due + ((now - _due) / _delay * _delay);
    }

    /// <summary>Nothing is there at a poll.</summary>
    /// <param name="unseen">Whether something may come without being seen.</param>
    public void Pass(bool unseen)
    {
        if ((unseen || _wasFull) && HasBoundaries && Now is var now && now >= _start + _delay)
        {
            _wasFull = false;
            _start += unseen ? (now - _start) / _delay * _delay : 0;
        }
    }

    /// <summary>
    /// When the next batch is ready, in elapsed time; null if only a full one can be. While batches fill up it is also told when nothing
    /// waits yet, so that the first item of the next one need not wake the poller.
    /// </summary>
    /// <param name="isEmpty">Whether the window holds nothing.</param>
    /// <param name="unseen">Whether something may come without being seen.</param>
    public long? NextDue(bool isEmpty, bool unseen)
    {
        if (!isEmpty)
        {
            return _due != long.MaxValue ? _due : null;
        }

        return _wasFull || (unseen && HasBoundaries) ? _start + _delay : null;
    }
}
