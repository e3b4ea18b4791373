namespace Rx.Connectors.Bridging;

/// <summary>
/// The side of a bridge that a client or its query sends to, from any thread. A thread that sends items in a run comes to the lock at the
/// beginning and the end of a batch only (<see cref="OpenBatch{T,TMark}"/>).
/// </summary>
internal sealed class BridgeEntrance<TItem, T, TMark>(BridgeState<TItem, T, TMark> state) : IDemand, IFeedTarget<TItem>
{
    private readonly OpenBatch<T, TMark> _open = state.Queue.Open;
    private readonly BatchLog<TItem, T, TMark> _log = state.Log;
    private readonly BridgeRoom<TItem, T, TMark> _room = new(state);

    public CallingThreads Threads { get; } = state.Threads;

    public bool HasEnded => state.HasEnded;

    public bool HasRoom => state.HasRoom;

    public RunCredit Credit { get; } = state.Queue.Open.Credit;

    public TimeSpan StopTimeout => state.Settings.StopTimeout;

    public void OnNext(TItem value)
    {
        if (Credit.IsLeft && Threads.IsRunning && TryPut(value))
        {
            return;
        }

        if (HasEnded)
        {
            TurnAway();
            return;
        }

        while (!TryAdd(value))
        {
            _room.Wait(1);
        }
    }

    /// <summary>Adds a batch that the user's query has gathered; it is handed out as it is.</summary>
    public void OnNextBatch(IList<TItem> batch)
    {
        if (HasEnded)
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
            _room.Wait(items.Length);
        }
    }

    public void OnCompleted() => state.End(null);

    public void OnError(Exception error) => state.End(Missing.Error(error));

    public bool PauseUntilRoom(Action resume) => _room.PauseFeed(resume);

    public void BeginRun() => Threads.BeginRun();

    public void EndRun()
    {
        Threads.EndRun();
        // Only this thread has it changed.
        if (!_open.IsRunning && !_log.IsAwaiting)
        {
            return;
        }

        Exception? error;
        bool asks;
        lock (state.Gate)
        {
            error = state.Learn(out var fills);
            _open.Return();
            asks = (_log.Returned() | fills) && !HasEnded && state.Requests.Take();
        }

        state.Report(asks, error);
    }

    public void TurnAway()
    {
        if (Threads.IsInQuery || Threads.IsLateInSubscribe)
        {
            throw new OperationCanceledException("The partition has ended, or was closed, and takes nothing more.");
        }
    }

    public bool Hold(IHolder holder) => _room.Hold(holder);

    public void Release() => _room.Release();

    private bool TryPut(in TItem value)
    {
        if (!_log.Follows(value, _open.LastMark, out var item, out var mark))
        {
            return false;
        }

        _open.Put(item, mark);
        return true;
    }

    private bool TryAdd(in TItem item)
    {
        Exception? error;
        bool asks;
        lock (state.Gate)
        {
            if (HasEnded)
            {
                return true;
            }

            error = state.Learn(out var fills);
            var isRunning = Threads.IsRunning;
            if (isRunning)
            {
                _open.Return();
            }

            var room = error is null ? state.Admission.One(inQueue: true, state.Queue.Count > 0, out error) : Room.Refused;
            if (room == Room.Wait)
            {
                return false;
            }

            asks = ((room == Room.Refused ? Refuse(item, error) : Queue(item, room, out error)) | fills) && state.Requests.Take();
            if (isRunning && state.Queue.GivesCredit && _open.Count > 0 && state.Admission.IsPausable && _log.CanFollow)
            {
                _open.Run(state.Admission.Left);
            }
        }

        state.Report(asks, error);
        return true;
    }

    private bool Queue(in TItem item, Room room, out Exception? error)
    {
        if (room == Room.MadeByOldest)
        {
            state.DropOldest();
        }

        if (!_log.Accept(item, out var value, out var mark, out error))
        {
            return false;
        }

        state.Admission.Enter(1);
        return state.Queue.Add(value, mark);
    }

    private bool Refuse(in TItem item, Exception? error)
    {
        if (error is null)
        {
            _log.Refused(item);
        }

        return false;
    }

    private bool TryAddBatch(TItem[] batch)
    {
        Exception? error = null;
        var queued = 0;
        bool asks;
        lock (state.Gate)
        {
            if (HasEnded)
            {
                return true;
            }

            if (state.Admission.MustWait(batch.Length))
            {
                return false;
            }

            var (first, waiting) = state.Admission.Oldest(batch.Length, state.Queue.Count);
            state.Admission.Drop(first);
            for (; waiting > 0; waiting--)
            {
                state.DropOldest();
            }

            var values = GC.AllocateUninitializedArray<T>(batch.Length);
            var marks = Batch<T, TMark>.HasMarks ? new TMark[batch.Length] : [];
            for (var i = 0; i < batch.Length && error is null; i++)
            {
                if (i < first || !state.Admission.TryOneOfBatch(out error))
                {
                    Refuse(batch[i], error);
                }
                else if (_log.Accept(batch[i], out values[queued], out var mark, out error))
                {
                    if (Batch<T, TMark>.HasMarks)
                    {
                        marks[queued] = mark;
                    }

                    state.Admission.Enter(1);
                    queued++;
                }
            }

            if (queued > 0)
            {
                state.Queue.AddReady(values, marks, queued);
            }

            asks = queued > 0 && state.Requests.Take();
        }

        state.Report(asks, error);
        return true;
    }
}
