using System.Text.Json;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>Reads the written file back and compares it with what the server says it has sent.</summary>
internal static class TradeCheck
{
    /// <returns>A complaint for each symbol that has not been written exactly once; none if all is well.</returns>
    /// <param name="path">The file.</param>
    /// <param name="sent">How many trades of each symbol must be in it. Their numbers begin at 0.</param>
    public static async Task<IReadOnlyList<string>> CompareAsync(string path, IReadOnlyDictionary<string, long> sent)
    {
        var written = sent.Keys.ToDictionary(symbol => symbol, _ => new HashSet<long>());
        var lines = sent.Keys.ToDictionary(symbol => symbol, _ => 0L);
        await foreach (var line in File.ReadLinesAsync(path))
        {
            var trade = JsonSerializer.Deserialize(line, FeedJson.Default.Trade)!;
            written[trade.Symbol].Add(trade.Sequence);
            lines[trade.Symbol]++;
        }

        return
        [
            .. from symbol in sent.Keys
               let lost = sent[symbol] - written[symbol].Count(sequence => sequence < sent[symbol])
               let repeated = lines[symbol] - written[symbol].Count
               let unsent = written[symbol].Count(sequence => sequence >= sent[symbol])
               where lost != 0 || repeated != 0 || unsent != 0
               select $"{symbol}: {sent[symbol]:N0} sent, {lost:N0} of them lost, {repeated:N0} written again, {unsent:N0} never sent",
        ];
    }
}
