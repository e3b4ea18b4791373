namespace Rx.Connectors.Bridging;

/// <summary>Which thread is where in the bridge: none of them may wait there for what only itself can do.</summary>
/// <param name="pollsOnOneThread">Whether whoever polls does nothing else, and on one thread.</param>
internal sealed class CallingThreads(bool pollsOnOneThread)
{
    private const int None = 0;

    // A client that comes back from Subscribe gives its connection to be closed: it is not thrown out of for its last few items.
    private const int LateInSubscribe = 1_000;

    private int _polling = None;
    private int _connecting = None;
    private int _running = None;
    private QueryPlace[] _places = [];
    private int _late;
    private Action? _connectingWaits;

    /// <summary>Whether this thread would wait for itself, if it waited for room.</summary>
    public bool WouldWaitForItself => Environment.CurrentManagedThreadId is var thread &&
        ((thread == _connecting && _connectingWaits is null) || (thread == _polling && pollsOnOneThread));

    /// <summary>Whether this thread sends items in a run.</summary>
    public bool IsRunning => _running is not None and var running && running == Environment.CurrentManagedThreadId;

    /// <summary>Whether this thread is sending into a query, whose entry catches what is thrown out of it.</summary>
    public bool IsInQuery => Array.Exists(_places, static place => place.IsHere);

    /// <summary>The thread that is in a run; none if none is.</summary>
    public int Running => _running;

    /// <summary>Whether this thread is inside the client's <c>Subscribe</c> and has sent a good many items after the end.</summary>
    public bool IsLateInSubscribe => Environment.CurrentManagedThreadId == _connecting && ++_late > LateInSubscribe;

    public void Polls() => _polling = Environment.CurrentManagedThreadId;

    /// <summary>A place where one thread at a time sends into a query.</summary>
    /// <param name="inRuns">Whether it is sent to by the thread that is in a run, and by no other.</param>
    public QueryPlace AddPlace(bool inRuns)
    {
        var place = new QueryPlace(this, inRuns);
        _places = [.. _places, place];
        return place;
    }

    public void BeginRun() => _running = Environment.CurrentManagedThreadId;

    public void EndRun() => _running = None;

    /// <summary>This thread goes into the client's <c>Subscribe</c>.</summary>
    /// <param name="waits">Called when it is held up there for room; null if it is the thread that polls, and cannot be.</param>
    public void BeginConnecting(Action? waits)
    {
        _connectingWaits = waits;
        _connecting = Environment.CurrentManagedThreadId;
    }

    public void EndConnecting()
    {
        _connecting = None;
        _connectingWaits = null;
    }

    /// <summary>This thread is about to wait for room. What a virtual clock runs on it meanwhile is not inside the query.</summary>
    /// <returns>What to hand to <see cref="AreBack"/>.</returns>
    public QueryPlace[] Waits()
    {
        if (Environment.CurrentManagedThreadId == _connecting)
        {
            _connectingWaits?.Invoke();
        }

        var here = Array.FindAll(_places, static place => place.IsHere);
        Array.ForEach(here, static place => place.Turn());
        return here;
    }

    public static void AreBack(QueryPlace[] places) => Array.ForEach(places, static place => place.Turn());
}

/// <summary>Where a query is sent into, by one thread at a time.</summary>
internal sealed class QueryPlace(CallingThreads threads, bool inRuns)
{
    private const int Nobody = 0;

    private int _thread;

    /// <summary>Whether any thread is there.</summary>
    public bool IsTaken => Volatile.Read(ref _thread) != Nobody;

    /// <summary>Whether this thread is there.</summary>
    public bool IsHere => _thread == Environment.CurrentManagedThreadId;

    // Asking for the thread is a good part of what an item costs here.
    public void Enter() =>
        Volatile.Write(ref _thread, inRuns && threads.Running is not Nobody and var running ? running : Environment.CurrentManagedThreadId);

    public void Leave() => Volatile.Write(ref _thread, Nobody);

    /// <summary>The thread that is there is away, or back.</summary>
    public void Turn() => _thread = -_thread;
}
