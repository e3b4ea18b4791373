namespace Rx.Connectors.Bridging;

/// <summary>
/// What the two ends of one query know of each other. It travels along with every <see cref="Positioned{T,TState}"/>, since
/// nothing else passes through an arbitrary Rx query.
/// </summary>
internal sealed class QueryPassage
{
    private long _current;
    private long _broken;
    private int _currentThread;

    /// <summary>Room in the bridge, for operators that hold items. Set when the query is connected.</summary>
    public IDemand? Demand { get; set; }

    /// <summary>Ends the source with an error, from operators whose own callers must not see it. Set with the demand.</summary>
    public Action<Exception>? Fail { get; set; }

    /// <summary>Where dropped items are told, by the type of the positions that leave the query.</summary>
    public object? Exit { get; set; }

    /// <summary>An input is being sent into the query. What leaves on the same thread until <see cref="Sent"/> is its result.</summary>
    public void Sending(long entry)
    {
        _currentThread = Environment.CurrentManagedThreadId;
        Volatile.Write(ref _current, entry);
    }

    public void Sent() => Volatile.Write(ref _current, 0);

    /// <summary>The source has failed: of the input that is being sent, not everything will leave the query.</summary>
    public void Break() => Volatile.Write(ref _broken, Volatile.Read(ref _current));

    /// <summary>The input that is being sent; 0 between two of them.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>The input that was being sent when the source failed: not all of its results have come.</summary>
    public long Broken => Volatile.Read(ref _broken);

    public bool IsSendingHere(long entry) =>
        Volatile.Read(ref _current) == entry && _currentThread == Environment.CurrentManagedThreadId;

    public void Dropped<TState>(long entry, TState position)
    {
        // Positions that an operator further on would have changed (Scan) cannot be used, and are not needed: the position
        // moves on with the next item.
        if (Exit is IDropLog<TState> log)
        {
            log.Dropped(entry, position);
        }
    }
}

internal interface IDropLog<TState>
{
    void Dropped(long entry, TState position);
}
