using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// What both sides of a bridge share, where pushing ends and polling begins. Everything is decided under one lock, and nobody is called while
/// it is held but the log and the clock.
/// </summary>
/// <typeparam name="TItem">What comes in.</typeparam>
/// <typeparam name="T">What is handed out.</typeparam>
/// <typeparam name="TMark">What is kept of an item until it is handed out.</typeparam>
internal sealed class BridgeState<TItem, T, TMark>
{
    private readonly RoomWaiters _waiters;

    /// <param name="settings">Checked options.</param>
    /// <param name="clock">The clock of the batches.</param>
    /// <param name="log">What keeps the position.</param>
    /// <param name="requests">Where a poll is asked for.</param>
    /// <param name="pausable">Whether the feed stops by itself while there is no room. Then no item is ever refused.</param>
    /// <param name="pollsOnOneThread">Whether whoever polls does nothing else, and on one thread.</param>
    public BridgeState(
        BridgeSettings settings, IScheduler clock, BatchLog<TItem, T, TMark> log, PollRequests requests, bool pausable,
        bool pollsOnOneThread)
    {
        Settings = settings;
        Log = log;
        Requests = requests;
        Elapsed = new ElapsedTime(clock);
        Queue = new BatchQueue<T, TMark>(settings.MaxBatchSize, settings.MaxBatchDelay, Elapsed);
        Admission = new Admission(settings, pausable);
        Threads = new CallingThreads(pollsOnOneThread);
        _waiters = new RoomWaiters(clock);
    }

    /// <summary>Nothing that is sent will be taken any more, so the feed can close.</summary>
    public event Action? Ended;

    /// <summary>Everything here is under it, unless it says otherwise.</summary>
    public Lock Gate { get; } = new();

    public BridgeSettings Settings { get; }

    public ElapsedTime Elapsed { get; }

    public BatchLog<TItem, T, TMark> Log { get; }

    public BatchQueue<T, TMark> Queue { get; }

    public Admission Admission { get; }

    public PollRequests Requests { get; }

    /// <summary>Not under the lock.</summary>
    public CallingThreads Threads { get; }

    /// <summary>Also without the lock.</summary>
    public bool HasEnded => Queue.Open.Credit.HasEnded;

    /// <summary>What the polls throw that come after the last item.</summary>
    public ExceptionDispatchInfo? Error { get; private set; }

    /// <summary>Also without the lock.</summary>
    public bool HasRoom => Queue.Open.Unknown + Admission.Occupied < Settings.Capacity;

    /// <summary>Takes to the books what was put in without the lock.</summary>
    /// <param name="fills">Whether that has filled a batch, which is news to a poller.</param>
    /// <returns>Why the source must fail, or null.</returns>
    public Exception? Learn(out bool fills)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "Under the lock.");
        fills = false;
        var open = Queue.Open;
        if (!open.IsRunning || HasEnded || open.Unknown is var unknown && unknown == 0)
        {
            return null;
        }

        Exception? error = null;
        // What is there at first: more may come meanwhile.
        var followed = Batch<T, TMark>.HasMarks ? Log.Followed(open.UnknownMarks[..unknown], out error) : unknown;
        Admission.Enter(followed);
        fills = Queue.Learn(followed);
        return error;
    }

    public void DropOldest()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "Under the lock.");
        Queue.DropOldest();
        Admission.Leave(1);
        Admission.Drop(1);
    }

    /// <summary>Whoever waits for room, if there is enough of it now.</summary>
    public RoomWaiters.Released TakeWaiters()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "Under the lock.");
        return _waiters.Take(HasEnded || Admission.HasMuchRoom);
    }

    public void Pause(Action resume) => _waiters.Pause(resume);

    public RoomWaiters.BlockedSender AddBlocked() => _waiters.AddBlocked();

    /// <summary>Nothing is taken in any more; what waits is thrown away.</summary>
    public RoomWaiters.Released Close()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "Under the lock.");
        Queue.Open.Credit.EndAll();
        Queue.Clear();
        return TakeWaiters();
    }

    /// <summary>The source has ended, or failed. Not under the lock.</summary>
    public void End(Exception? error)
    {
        bool asks;
        RoomWaiters.Released released;
        lock (Gate)
        {
            if (HasEnded)
            {
                return;
            }

            error = Learn(out _) ?? error;
            Queue.Open.Credit.EndAll();
            error ??= Log.Completed();
            // Captured once and thrown by every poll: the trace of the client's own exception does not grow.
            Error = error is null ? null : ExceptionDispatchInfo.Capture(error);
            Queue.CloseLast();
            if (error is not null)
            {
                Log.Failed();
            }

            asks = Requests.Take();
            released = TakeWaiters();
        }

        released.Wake();
        TellEnded();
        Report(asks, null);
    }

    /// <summary>Not under the lock.</summary>
    public void TellEnded() => Ended?.Invoke();

    /// <summary>Tells what was decided under the lock, after it.</summary>
    /// <param name="asks">Whether a poll is to be asked for.</param>
    /// <param name="error">Why the source must fail, or null.</param>
    public void Report(bool asks, Exception? error)
    {
        if (asks)
        {
            try
            {
                Requests.Ask();
            }
            catch (Exception observerFailed)
            {
                // The host's own observer must not break the client's thread (rule S9); the next poll reports it.
                End(observerFailed);
            }
        }

        if (error is not null)
        {
            End(error);
        }
    }
}
