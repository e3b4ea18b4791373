using System.Reactive.Concurrency;
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
            case OverflowPolicy.DropOldest when inQueue && _items.Count > 0:
                DropOldest();
                return Room.Made;
            case OverflowPolicy.DropOldest:
                // What an operator holds inside the query cannot be taken out of it, so the newest goes.
                _dropped++;
                return Room.Refused;
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

    private void WaitForRoom(int count)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (thread == _connectingThread || (thread == _pollingThread && _clock is EventLoopScheduler or WorkerThread))
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

        try
        {
            sender.Wait();
        }
        catch (Exception cannotWait) when (cannotWait is SchedulerDeadlockException or NotSupportedException)
        {
            OnError(cannotWait);
        }
    }
}
