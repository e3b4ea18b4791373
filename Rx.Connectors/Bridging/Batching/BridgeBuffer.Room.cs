using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <content>Room for items: by which policy it is made, and who waits for it.</content>
internal sealed partial class BridgeBuffer<TItem, TQueued>
{
    private enum Room
    {
        Made,
        Wait,
        Refused,
    }

    private List<IHolder>? _holders;

    public bool Hold(IHolder holder)
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

                Register(holder);
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

            if (_settings.Overflow == OverflowPolicy.Block)
            {
                WaitForRoom(1);
            }
            else if (TryDropHeld(out var nothingHeld) || nothingHeld)
            {
                return !nothingHeld;
            }
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

    private Room MakeRoom(bool inQueue, out Exception? error)
    {
        error = null;
        if (_pausable || HasRoom)
        {
            return Room.Made;
        }

        switch (_settings.Overflow)
        {
            case OverflowPolicy.Block:
                return Room.Wait;
            case OverflowPolicy.DropNewest:
                _dropped++;
                return Room.Refused;
            case OverflowPolicy.DropOldest when _items.Count > 0:
                DropOldest();
                return Room.Made;
            case OverflowPolicy.DropOldest when inQueue:
                // It is older than what the operators hold, or it would not leave before.
                _dropped++;
                return Room.Refused;
            case OverflowPolicy.DropOldest:
                return Room.Wait;
            default:
                error = new BridgeOverflowException(_settings.Capacity);
                return Room.Refused;
        }
    }

    /// <summary>Drops what is older than the newest items of a batch, and says how many of the batch itself must go.</summary>
    private int DropOldestFor(int count)
    {
        var first = Math.Max(0, count - _settings.Capacity);
        _dropped += first;
        while (_items.Count > 0 && _occupied + count - first > _settings.Capacity)
        {
            DropOldest();
        }

        return first;
    }

    private void DropOldest()
    {
        _items.Release(1);
        _window.DropOldest();
        _occupied--;
        _dropped++;
    }

    private void Register(IHolder holder)
    {
        if (_settings.Overflow == OverflowPolicy.DropOldest && _holders?.Contains(holder) != true)
        {
            _holders ??= [];
            _holders.RemoveAll(static one => one.IsOver);
            _holders.Add(holder);
        }
    }

    /// <summary>Drops the oldest item that an operator holds. The one to come takes its room.</summary>
    private bool TryDropHeld(out bool nothingHeld)
    {
        IHolder[] holders;
        lock (_gate)
        {
            holders = [.. _holders ?? []];
        }

        var oldest = holders.Where(static one => one.Oldest is not null).MinBy(static one => one.Oldest);
        var dropped = oldest?.TryDropOldest() == true;
        nothingHeld = oldest is null;
        lock (_gate)
        {
            // None is held: the room is taken by what is on its way out, and the newest goes.
            _dropped += dropped || nothingHeld ? 1 : 0;
        }

        return dropped;
    }

    private void WaitForRoom(int count)
    {
        if (WouldWaitForItself)
        {
            OnError(new InvalidOperationException(
                $"An OnNext on the thread that polls found the bridge full. With {nameof(OverflowPolicy)}." +
                $"{nameof(OverflowPolicy.Block)} it would wait for itself for ever (rule S6): let the observable send from " +
                "another thread, with SubscribeOn for one that sends inside Subscribe."));
            return;
        }

        RoomWaiters.BlockedSender sender;
        lock (_gate)
        {
            // As long as there is too little, every poll that leaves room for one lets it look again.
            if (_ended || _occupied + count <= _settings.Capacity)
            {
                return;
            }

            sender = _waiters.AddBlocked();
        }

        TellConnecting();
        // What a virtual clock runs on this thread meanwhile is not inside the query.
        var query = QueryRun.Enter(null);
        try
        {
            sender.Wait();
        }
        catch (Exception cannotWait) when (cannotWait is SchedulerDeadlockException or NotSupportedException)
        {
            OnError(cannotWait);
        }
        finally
        {
            QueryRun.Leave(query);
        }
    }
}
