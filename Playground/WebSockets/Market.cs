namespace Rx.Connectors.Playground.WebSockets;

/// <summary>What is traded: four symbols, from a busy one to one that hardly fills a batch in half a second.</summary>
internal static class Market
{
    public const int DefaultItems = 20_000;

    private const int TradesPerSecond = 4_000;
    private const int Seed = 20;

    private static readonly (string Symbol, int Percent)[] _shares = [("ACME", 60), ("BOLT", 25), ("CRUX", 12), ("DUSK", 3)];

    public static IReadOnlyList<string> Symbols { get; } = [.. _shares.Select(share => share.Symbol)];

    /// <summary>Shares out a number of trades; all tapes take about the same time.</summary>
    public static IReadOnlyList<TradeTape> Tapes(int items)
    {
        var tapes = new List<TradeTape>();
        var percentBefore = 0;
        foreach (var (symbol, percent) in _shares)
        {
            // Cumulative, so that rounding never loses a trade.
            var count = UpTo(percentBefore + percent) - UpTo(percentBefore);
            tapes.Add(new TradeTape(symbol, (int)count, TradesPerSecond * percent / 100, Seed + tapes.Count));
            percentBefore += percent;
        }

        return tapes;

        long UpTo(int percent) => (long)items * percent / 100;
    }
}
