namespace Rx.Connectors.Bridging;

/// <summary>Which bridge's query this thread is sending into, whose sender catches what is thrown out of it.</summary>
internal static class QueryRun
{
    [ThreadStatic]
    private static IDemand? _current;

    /// <summary>Enters a query, or none.</summary>
    /// <returns>What to hand to <see cref="Leave"/>: one bridge's query may send to another bridge.</returns>
    public static IDemand? Enter(IDemand? demand)
    {
        var outer = _current;
        _current = demand;
        return outer;
    }

    public static void Leave(IDemand? outer) => _current = outer;

    public static bool IsIn(IDemand demand) => _current == demand;
}
