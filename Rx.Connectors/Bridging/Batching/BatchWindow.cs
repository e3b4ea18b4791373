using System.Reactive.Concurrency;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Where batches begin and end, by the semantics of Rx's <c>Buffer(timeSpan, count)</c> (rule S7), without its timer: windows
/// of the maximum delay follow each other from the start, and a full batch begins a new window. Only the window that holds
/// items is ever worked out, so the clock is read at most twice a batch and an idle partition costs nothing.
/// </summary>
internal sealed class BatchWindow
{
    // Longer than this is never, and adding it to a date would leave the calendar.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(365_000);

    private readonly int _maxCount;
    private readonly long _delay;
    private readonly IScheduler _clock;
    private readonly Queue<Closed> _closed = new(0);
    private long _start;
    private long _openSince;
    private long _due;
    private int _open;
    private int _droppedOfFirst;
    private bool _wasFull;

    public BatchWindow(int maxCount, TimeSpan maxDelay, IScheduler clock)
    {
        _maxCount = maxCount;
        _delay = maxDelay == Timeout.InfiniteTimeSpan || maxDelay > _longest ? long.MaxValue : maxDelay.Ticks;
        _clock = clock;
        _start = Now;
    }

    /// <summary>When the oldest batch that waits began to fill; null if none does.</summary>
    public long? WaitingSince => _closed.TryPeek(out var closed) ? closed.Since : _open > 0 ? _openSince : null;

    private long Now => _clock.Now.UtcTicks;

    // Whether the next batch is expected, and the poller told when it ends: the last one filled up, not long ago.
    private bool IsExpecting => _wasFull && _open == 0;

    /// <summary>Takes an item in. True if that changed what a poller must know: a batch is full, or a delay began.</summary>
    public bool Add()
    {
        var isNews = false;
        if (_open == 0)
        {
            Open(Now);
            isNews = !_wasFull && _due != long.MaxValue;
        }

        if (++_open < _maxCount)
        {
            return isNews;
        }

        CloseOpen(Now);
        // A batch of one begins and fills at once, so there is nothing to expect.
        _wasFull = _maxCount > 1 && _delay is > 0 and < long.MaxValue;
        return true;
    }

    /// <summary>Takes a batch in that somebody else has gathered.</summary>
    public void AddClosed(int count) => _closed.Enqueue(new Closed(count, Now));

    /// <summary>The last, partial batch: nothing more will come to fill it.</summary>
    public void CloseLast()
    {
        if (_open > 0)
        {
            CloseOpen(Now);
        }
    }

    public void DropOldest()
    {
        if (!_closed.TryPeek(out var first))
        {
            _open--;
        }
        else if (++_droppedOfFirst == first.Count)
        {
            _closed.Dequeue();
            _droppedOfFirst = 0;
        }
    }

    /// <summary>The size of the batch that is ready now, which is thereby taken out; 0 if none is.</summary>
    public int Take()
    {
        if (_closed.TryDequeue(out var closed))
        {
            var left = closed.Count - _droppedOfFirst;
            _droppedOfFirst = 0;
            return left;
        }

        if (_open == 0)
        {
            _wasFull = _wasFull && Now < _start + _delay;
            return 0;
        }

        if (_due == long.MaxValue)
        {
            return 0;
        }

        var now = Now;
        if (now < _openSince)
        {
            Open(now);
        }

        if (now < _due)
        {
            return 0;
        }

        var count = _open;
        _open = 0;
        _wasFull = false;
        // The windows go on from the last boundary that has passed, so that late polls do not shift them.
        _start = _delay == 0 ? now : _due + ((now - _due) / _delay * _delay);
        return count;
    }

    /// <summary>
    /// When the next batch is ready, in the past if it is already; null if nothing waits, or for a full batch. While batches fill
    /// up it is also told when nothing waits yet, so that the first item of the next one need not wake the poller.
    /// </summary>
    public DateTimeOffset? NextDue()
    {
        if (_closed.Count > 0)
        {
            return _clock.Now;
        }

        if (IsExpecting)
        {
            return new DateTimeOffset(_start + _delay, TimeSpan.Zero);
        }

        return _open > 0 && _due != long.MaxValue ? new DateTimeOffset(_due, TimeSpan.Zero) : null;
    }

    private void Open(long now)
    {
        _openSince = now;
        // A clock that was set back would hold items back until it has caught up.
        _start = Math.Min(_start, now);
        _due = _delay switch
        {
            long.MaxValue => long.MaxValue,
            0 => now,
            // An item on the boundary itself still belongs to the window that ends there.
            _ => _start + (Math.Max(1, (now - _start + _delay - 1) / _delay) * _delay),
        };
    }

    private void CloseOpen(long now)
    {
        _closed.Enqueue(new Closed(_open, _openSince));
        _open = 0;
        _start = now;
    }

    private readonly record struct Closed(int Count, long Since);
}
