using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// What the two ends of one query know of each other. It travels along with every <see cref="Positioned{T,TPosition}"/>, since
/// nothing else passes through an arbitrary Rx query.
/// </summary>
internal sealed class QueryPassage : QueryTrace
{
    [ThreadStatic]
    private static QueryPassage? _composed;

    private long _current;
    private long _sent;
    private long _broken;
    private QueryPlace? _place;
    private bool _isHolding;
    private bool _isAwaited;

    public QueryPassage() => Passage = this;

    /// <summary>Room in the bridge, for operators that hold items. Set when the query is connected.</summary>
    public IDemand? Demand { get; set; }

    /// <summary>Ends the source with an error, from operators whose own callers must not see it. Set with the demand.</summary>
    public Action<Exception>? Fail { get; set; }

    /// <summary>Where dropped items are told.</summary>
    public required IDropLog Exit { get; init; }

    /// <summary>The query that is being put together on this thread.</summary>
    public static QueryPassage? Composed => _composed;

    /// <summary>What the query's <c>Scan</c>s remembered when the run before this one ended, one after the other.</summary>
    public IReadOnlyList<ScanMemory> Resumed { get; init; } = [];

    /// <summary>What they remember now.</summary>
    public MemoryLog Memory => field ??= new MemoryLog(Resumed);

    /// <summary>The last input, once the client has said that none follows; null before.</summary>
    public long? Last { get; private set; }

    /// <summary>The input that is being sent; 0 between two of them.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>The last input of which the sending is over: nothing of it can leave any more on the sending thread.</summary>
    public long SentThrough => Volatile.Read(ref _sent);

    /// <summary>The input that was being sent when the source failed: not all of its results have come.</summary>
    public long Broken => Volatile.Read(ref _broken);

    /// <summary>Puts a query together: what asks for <see cref="Composed"/> meanwhile is in it.</summary>
    public TResult Compose<TResult>(Func<TResult> compose)
    {
        var outer = _composed;
        _composed = this;
        try
        {
            return compose();
        }
        finally
        {
            _composed = outer;
        }
    }

    /// <summary>An input is being sent into the query. What leaves on the same thread until <see cref="Sent"/> is its result.</summary>
    public void Sending(long entry, QueryPlace place)
    {
        _place = place;
        Volatile.Write(ref _current, entry);
    }

    public void Sent()
    {
        var entry = _current;
        if (_isHolding)
        {
            _isHolding = false;
            Exit.Settle(isBroken: Broken == entry);
        }

        Volatile.Write(ref _sent, entry);
        Volatile.Write(ref _current, 0);
        if (Volatile.Read(ref _isAwaited))
        {
            Volatile.Write(ref _isAwaited, false);
            Exit.Nudge();
        }
    }

    /// <summary>Whether the sender is to ask for a poll when it is back.</summary>
    public bool IsAwaited => Volatile.Read(ref _isAwaited);

    /// <summary>
    /// Has the sender ask for a poll when it is back. If it can be seen to be back now, it has perhaps not seen that. If it cannot, it has
    /// perhaps just come back: then the bridge has the poller look again after a while, rather than every sender pass a barrier.
    /// </summary>
    public void AwaitSent()
    {
        Volatile.Write(ref _isAwaited, true);
        Interlocked.MemoryBarrier();
    }

    /// <summary>The sender is back, and under the bridge's lock. True if it is to ask for a poll.</summary>
    public bool TakeAwaited()
    {
        var isAwaited = _isAwaited;
        Volatile.Write(ref _isAwaited, false);
        return isAwaited;
    }

    public void Completed(long last) => Last = last;

    /// <summary>The source has failed: of the input that is being sent, not everything will leave the query.</summary>
    public void Break() => Volatile.Write(ref _broken, Volatile.Read(ref _current));

    public bool IsSendingHere(long entry) =>
        Volatile.Read(ref _current) == entry && _place?.IsHere == true;

    /// <summary>An input is dropped. While it is being sent, others made of it may follow: then it counts when that is over.</summary>
    public void Dropped<TPosition>(long entry, TPosition position)
    {
        var log = (IDropLog<TPosition>)Exit;
        if (IsSendingHere(entry))
        {
            _isHolding = true;
            log.Hold(entry, position);
        }
        else
        {
            log.Dropped(entry, position);
        }
    }

    /// <summary>Inputs are dropped whose positions are not known.</summary>
    public void Dropped(long from, long to)
    {
        if (IsSendingHere(to))
        {
            _isHolding = true;
            Exit.Hold(to);
            to--;
        }

        Exit.Dropped(from, to);
    }
}

internal interface IDropLog
{
    void Dropped(long from, long to);

    /// <summary>Keeps a drop until the sending of its input is over. On the sending thread.</summary>
    void Hold(long entry);

    /// <summary>Asks for a poll.</summary>
    void Nudge();

    /// <summary>The sending is over, or the source has failed in it. On the sending thread.</summary>
    void Settle(bool isBroken);
}

internal interface IDropLog<TPosition> : IDropLog
{
    void Dropped(long entry, TPosition position);

    void Hold(long entry, TPosition position);
}
