using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Bridging;

/// <content>The pushing side: demand, overflow, the end.</content>
internal sealed partial class BridgeBuffer<TItem, TQueued> : IDemand, IFeedTarget<TItem>
{
    private const int NoThread = 0;

    private int _pollingThread = NoThread;
    private int _connectingThread = NoThread;

    // What was granted has room. Else in this order: what is being moved from one to the other may count twice, but is not missed.
    public bool HasRoom => _staging.HasCredit || _staging.Count + _occupied + (_staging.MayFollow ? 1 : 0) < _settings.Capacity;

    /// <summary>Says that this thread is inside the client's <c>Subscribe</c>, and cannot be held up without a deadlock.</summary>
    public void Connecting(bool now) => _connectingThread = now ? Environment.CurrentManagedThreadId : NoThread;

    public void OnNext(TItem value)
    {
        if (_staging.IsRunHere && TryPass(ref value, out var passed) && _staging.TryPut(passed))
        {
            if (_staging.IsRevoked)
            {
                Settle();
            }

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

    public void OnError(Exception error) => End(error);

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

    public bool Hold()
    {
        while (true)
        {
            Exception? error;
            lock (_gate)
            {
                if (_ended)
                {
                    return false;
                }

                // What it holds leaves on any thread, and takes room that must not be promised to others.
                CloseStaging();
                switch (MakeRoom(inQueue: false, out error))
                {
                    case Room.Made:
                        _occupied++;
                        return true;
                    case Room.Refused when error is null:
                        return false;
                }
            }

            if (error is not null)
            {
                OnError(error);
                return false;
            }

            WaitForRoom(1);
        }
    }

    public void Release()
    {
        RoomWaiters.Released released;
        lock (_gate)
        {
            _occupied--;
            released = TakeWaiters();
        }

        released.Wake();
    }

    // What is queued as it comes in needs no check. The comparison is made when this is compiled.
    private bool TryPass(ref TItem value, out TQueued passed)
    {
        if (typeof(TItem) == typeof(TQueued))
        {
            passed = Unsafe.As<TItem, TQueued>(ref value);
            return true;
        }

        return _taker.TryPass(value, out passed);
    }

    private bool TryAdd(TItem item)
    {
        Exception? error = null;
        var isAdded = true;
        bool signal;
        lock (_gate)
        {
            if (_ended)
            {
                return true;
            }

            var isRunHere = _staging.IsRunHere;
            if (!isRunHere && _staging.IsInUse)
            {
                CloseStaging();
            }

            MoveStaged();
            switch (MakeRoom(inQueue: true, out error))
            {
                case Room.Wait:
                    isAdded = false;
                    break;
                case Room.Made:
                    _news |= TryQueue(item, out error) && _window.Add(1);
                    break;
                case Room.Refused when error is null:
                    _taker.Refused(item);
                    break;
            }

            if (isRunHere)
            {
                // What a query makes of one item may have come to more than there was room for.
                _staging.Renew(Math.Max(0, Math.Min(_window.Unwatched, _settings.Capacity - _occupied)));
            }

            signal = TakeNews();
        }

        Report(signal, error);
        return isAdded;
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

            MoveStaged();
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

            _staging.Close();
            MoveStaged();
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
