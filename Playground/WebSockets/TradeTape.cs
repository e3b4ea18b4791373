namespace Rx.Connectors.Playground.WebSockets;

/// <summary>All that is traded of one symbol, and when. The same seed makes the same trades, from wherever they are read.</summary>
internal sealed class TradeTape(string symbol, int count, int tradesPerSecond, int seed)
{
    private const int LongestBurst = 40;

    public string Symbol => symbol;

    public int Count => count;

    /// <summary>The trades from a number on, in bursts that are due at a time after the first trade of all.</summary>
    public IEnumerable<TradeBurst> From(long first)
    {
        var random = new Random(seed);
        var price = random.Next(2_000, 40_000);
        var trades = new List<Trade>();
        for (var sequence = 0; sequence < count;)
        {
            // A burst comes when its first trade would be due at an even pace, so the mean pace is kept.
            var due = TimeSpan.FromSeconds((double)sequence / tradesPerSecond);
            trades.Clear();
            for (var left = random.Next(1, LongestBurst + 1); left > 0 && sequence < count; left--, sequence++)
            {
                price = Math.Max(price + random.Next(-5, 6), 1);
                var quantity = 100 * random.Next(1, 20);
                if (sequence >= first)
                {
                    trades.Add(new Trade(symbol, sequence, price / 100m, quantity, SentUtc: default));
                }
            }

            if (trades.Count > 0)
            {
                yield return new TradeBurst(due, trades);
            }
        }
    }
}

/// <summary>Trades that are sent together.</summary>
/// <param name="Due">When, after the first trade of the symbol.</param>
/// <param name="Trades">The trades. The list is used again for the next burst.</param>
internal readonly record struct TradeBurst(TimeSpan Due, IReadOnlyList<Trade> Trades);
