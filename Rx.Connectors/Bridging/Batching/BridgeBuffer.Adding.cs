using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Bridging;

/// <content>The pushing side: demand, overflow, the end.</content>
internal sealed partial class BridgeBuffer<TItem, TQueued> : IDemand, IFeedTarget<TItem>
{
    private const int NoThread = 0;

    private int _pollingThread = NoThread;

    public bool HasRoom => _occupied < _settings.Capacity;

    public TimeSpan StopTimeout => _settings.StopTimeout;

    public void OnNext(TItem value)
    {
        if (_ended)
        {
            TurnAway();
            return;
        }

        while (!TryAdd(value))
        {
            WaitForRoom(1);
        }
    }

    /// <summary>Adds a batch that the user's query has gathered; it is handed out as it is.</summary>
    public void OnNextBatch(IList<TItem> batch)
    {
        if (_ended)
        {
            TurnAway();
            return;
        }

        TItem[] items;
        try
        {
            // Read whole before anything is decided: the list is the user's, and may throw.
            items = new TItem[batch.Count];
            batch.CopyTo(items, 0);
        }
        catch (Exception unreadable)
        {
            OnError(unreadable);
            return;
        }

        while (!TryAddBatch(items))
        {
            WaitForRoom(items.Length);
        }
    }

    public void OnCompleted() => End(null);

    public void OnError(Exception error) => End(Missing.Error(error));

    public bool PauseUntilRoom(Action resume)
    {
        lock (_gate)
        {
            if (_ended || HasRoom)
            {
                return false;
            }

            _waiters.Pause(resume);
            return true;
        }
    }

    private bool TryAdd(TItem item)
    {
        Exception? error;
        bool signal;
        lock (_gate)
        {
            if (_ended)
            {
                return true;
            }

            var room = MakeRoom(inQueue: true, out error);
            if (room == Room.Wait)
            {
                return false;
            }

            if (room == Room.Refused && error is null)
            {
                _taker.Refused(item);
            }

            signal = room == Room.Made && TryQueue(item, out error) && _window.Add() && TakeSignal();
        }

        Report(signal, error);
        return true;
    }

    private bool TryAddBatch(TItem[] batch)
    {
        Exception? error = null;
        var queued = 0;
        bool signal;
        lock (_gate)
        {
            if (_ended)
            {
                return true;
            }

            var full = !_pausable && _occupied + batch.Length > _settings.Capacity;
            if (full && _settings.Overflow == OverflowPolicy.Block && batch.Length <= _settings.Capacity)
            {
                return false;
            }

            var first = full && _settings.Overflow == OverflowPolicy.DropOldest ? DropOldestFor(batch.Length) : 0;
            for (var i = 0; i < first; i++)
            {
                _taker.Refused(batch[i]);
            }

            for (var i = first; i < batch.Length && error is null; i++)
            {
                if (_pausable || HasRoom)
                {
                    queued += TryQueue(batch[i], out error) ? 1 : 0;
                }
                else if (_settings.Overflow is OverflowPolicy.DropNewest or OverflowPolicy.DropOldest)
                {
                    _dropped++;
                    _taker.Refused(batch[i]);
                }
                else
                {
                    // Also where the policy is to block: a batch larger than the bridge would wait for ever.
                    error = new BridgeOverflowException(_settings.Capacity);
                }
            }

            if (queued > 0)
            {
                _window.AddClosed(queued);
            }

            signal = queued > 0 && TakeSignal();
        }

        Report(signal, error);
        return true;
    }

    private bool TryQueue(TItem item, out Exception? error)
    {
        if (!_taker.Accept(item, out var queued, out error))
        {
            return false;
        }

        _items.Enqueue(queued);
        _occupied++;
        return true;
    }

    private void Report(bool signal, Exception? error)
    {
        if (signal)
        {
            Signal();
        }

        if (error is not null)
        {
            OnError(error);
        }
    }

    private void End(Exception? error)
    {
        bool signal;
        RoomWaiters.Released released;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            error ??= _taker.Completed();
            // Captured once and thrown by every poll: the trace of the client's own exception does not grow.
            _error = error is null ? null : ExceptionDispatchInfo.Capture(error);
            _window.CloseLast();
            if (error is not null)
            {
                _taker.Failed();
            }

            signal = TakeSignal();
            released = TakeWaiters();
        }

        released.Wake();
        Ended?.Invoke();
        if (signal)
        {
            Signal();
        }
    }
}
