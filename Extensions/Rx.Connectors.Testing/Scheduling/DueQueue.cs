using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>What is scheduled, by time and then by the order in which it came, or by a draw. Thread-safe.</summary>
internal sealed class DueQueue(ulong? seed)
{
    // Below this a cancelled action is left until its time comes; a timeout of a minute in a poll of a second leaves 60.
    private const int RoomForCancelled = 1024;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<DueAction, (long Due, ulong Draw, long Number)> _actions = new(new ByTime());
    private readonly SeededRandom? _random = seed is { } value ? new SeededRandom(value) : null;
    private long _number;
    private int _waiting;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting;
            }
        }
    }

    public void Add(DueAction action)
    {
        lock (_gate)
        {
            _actions.Enqueue(action, (action.DueTime, _random?.Next() ?? 0, _number++));
            _waiting++;
        }
    }

    /// <summary>The next one, which stays until it is taken.</summary>
    public DueAction? Peek()
    {
        lock (_gate)
        {
            while (_actions.TryPeek(out var next, out _))
            {
                if (!next.IsGone)
                {
                    return next;
                }

                _actions.Dequeue();
            }

            return null;
        }
    }

    /// <summary>It runs, or is cancelled.</summary>
    public void Take(DueAction action)
    {
        lock (_gate)
        {
            if (action.IsGone)
            {
                return;
            }

            action.IsGone = true;
            _waiting--;
            if (_actions.Count > RoomForCancelled && _actions.Count > 2 * _waiting)
            {
                var left = _actions.UnorderedItems.Where(static one => !one.Element.IsGone).ToArray();
                _actions.Clear();
                _actions.EnqueueRange(left);
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            foreach (var (action, _) in _actions.UnorderedItems)
            {
                action.IsGone = true;
            }

            _actions.Clear();
            _waiting = 0;
        }
    }

    private sealed class ByTime : IComparer<(long Due, ulong Draw, long Number)>
    {
        public int Compare((long Due, ulong Draw, long Number) x, (long Due, ulong Draw, long Number) y)
        {
            var order = x.Due.CompareTo(y.Due);
            order = order != 0 ? order : x.Draw.CompareTo(y.Draw);
            return order != 0 ? order : x.Number.CompareTo(y.Number);
        }
    }
}

/// <summary>Something that is to run at a time.</summary>
internal abstract class DueAction(DueQueue queue, long dueTime) : ScheduledItem<long>(dueTime, Comparer<long>.Default), IDisposable
{
    /// <summary>Whether it has run or was cancelled. The queue's own.</summary>
    public bool IsGone { get; set; }

    /// <summary>Cancels it, or what it has returned.</summary>
    void IDisposable.Dispose()
    {
        queue.Take(this);
        Cancel();
    }

    protected void Taken() => queue.Take(this);
}

internal sealed class DueAction<TState>(
    VirtualScheduler clock, DueQueue queue, long dueTime, TState state, Func<IScheduler, TState, IDisposable> action)
    : DueAction(queue, dueTime)
{
    protected override IDisposable InvokeCore()
    {
        Taken();
        return clock.Invoke(state, action);
    }
}
