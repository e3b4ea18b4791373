using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>Room for those who have to have it before they go on: the feed, a thread that sends, an operator that holds items.</summary>
internal sealed class BridgeRoom<TItem, T, TMark>(BridgeState<TItem, T, TMark> state)
{
    private readonly Holders? _holders = state.Settings.Overflow == OverflowPolicy.DropOldest ? new Holders() : null;

    /// <summary>Has the feed go on once there is room. False if there is room now, or never again.</summary>
    public bool PauseFeed(Action resume)
    {
        lock (state.Gate)
        {
            if (state.HasEnded || state.HasRoom)
            {
                return false;
            }

            state.Pause(resume);
            return true;
        }
    }

    /// <summary>Counts an item that an operator holds inside the query. False if it must be let go.</summary>
    public bool Hold(IHolder holder)
    {
        while (true)
        {
            Exception? error;
            IHolder[] holders;
            lock (state.Gate)
            {
                if (state.HasEnded)
                {
                    return false;
                }

                _holders?.Add(holder);
                switch (state.Admission.One(inQueue: false, state.Queue.Count > 0, out error))
                {
                    case Room.MadeByOldest:
                        state.DropOldest();
                        goto case Room.Made;
                    case Room.Made:
                        // The room that a run was given credit for is taken.
                        state.Queue.Open.EndCredit();
                        state.Admission.Enter(1);
                        return true;
                    case Room.Refused when error is null:
                        return false;
                }

                holders = _holders?.Copy() ?? [];
            }

            if (error is not null)
            {
                state.End(error);
                return false;
            }

            if (state.Settings.Overflow == OverflowPolicy.Block)
            {
                Wait(1);
            }
            else if (Holders.TryDropOldest(holders, out var nothingHeld) is var dropped && (dropped || nothingHeld))
            {
                // The one to come takes its room. Where none is held, the room is taken by what is on its way out, and the newest goes.
                lock (state.Gate)
                {
                    state.Admission.Drop(1);
                }

                return dropped;
            }
        }
    }

    /// <summary>An operator holds one less.</summary>
    public void Release()
    {
        RoomWaiters.Released released;
        lock (state.Gate)
        {
            state.Admission.Leave(1);
            released = state.TakeWaiters();
        }

        released.Wake();
    }

    /// <summary>Holds this thread until there is room for so many, or nothing is taken in any more.</summary>
    public void Wait(int count)
    {
        if (state.Threads.WouldWaitForItself)
        {
            state.End(new InvalidOperationException(
                $"An OnNext on the thread that polls found the bridge full. With {nameof(OverflowPolicy)}." +
                $"{nameof(OverflowPolicy.Block)} it would wait for itself for ever (rule S6): let the observable send from " +
                "another thread, with SubscribeOn for one that sends inside Subscribe."));
            return;
        }

        RoomWaiters.BlockedSender sender;
        lock (state.Gate)
        {
            // As long as there is too little, every poll that leaves room for one lets it look again.
            if (state.HasEnded || count <= state.Admission.Left)
            {
                return;
            }

            sender = state.AddBlocked();
        }

        var inside = state.Threads.Waits();
        try
        {
            sender.Wait();
        }
        catch (Exception cannotWait) when (cannotWait is SchedulerDeadlockException or NotSupportedException)
        {
            state.End(cannotWait);
        }
        finally
        {
            CallingThreads.AreBack(inside);
        }
    }
}
