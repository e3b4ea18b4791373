namespace Rx.Connectors.Bridging;

/// <summary>
/// The room that a query's operators may hold items in. What is subscribed to while the query is put together finds it here, since a plain
/// value takes nothing along.
/// </summary>
internal sealed class QueryRoom(IDemand demand, Action<Exception> fail)
{
    private const int MostHeld = 40;

    [ThreadStatic]
    private static QueryRoom? _current;

    private long _holders;

    public static QueryRoom? Current => _current;

    public IDemand Demand => demand;

    /// <summary>Ends the source with an error, from operators whose own callers must not see it.</summary>
    public Action<Exception> Fail => fail;

    /// <summary>
    /// The number of the first item that an operator holds. A query is subscribed to from its end, and what is nearer to the end holds the
    /// older items.
    /// </summary>
    public long NextHolder() => _holders++ << MostHeld;

    public TResult Within<TResult>(Func<TResult> subscribe)
    {
        var outer = _current;
        _current = this;
        try
        {
            return subscribe();
        }
        finally
        {
            _current = outer;
        }
    }
}
