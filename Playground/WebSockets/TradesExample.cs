using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Playground.Infrastructure;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>Trades of several symbols, from a server of its own to a file, checked against what the server has sent.</summary>
internal static class TradesExample
{
    public static async Task<int> RunAsync(int items, string? path, Screen screen)
    {
        var file = JsonLinesFile<Trade>.Create(path, "websocket.jsonl", FeedJson.Default.Trade);
        await using var closing = file;
        await using var server = await TradeServer.StartAsync(Market.Tapes(items));
        var latencies = new Latencies();

        var flow = new Dataflow("trades");
        flow.Input("server", new TradeSource(server.Address, Market.Symbols))
            .Output("file", Bridge.ToBatches<Trade>(WriteAsync).ToSink());

        var report = await screen.RunAsync(flow);
        screen.Show(report, latencies);
        screen.WriteJson(report.ToJson(), ReportJson.Default.JsonReport);
        await file.DisposeAsync();
        return await CheckAsync(report, file.Path, server.Sent, screen);

        async Task WriteAsync(IReadOnlyList<Trade> trades, CancellationToken cancellationToken)
        {
            await file.AppendAsync(trades, cancellationToken);
            var written = DateTimeOffset.UtcNow;
            foreach (var trade in trades)
            {
                latencies.Record(trade.Symbol, written - trade.SentUtc);
            }
        }
    }

    private static async Task<int> CheckAsync(
        FlowReport report, string path, IReadOnlyDictionary<string, long> sent, Screen screen)
    {
        // A flow that was stopped leaves what was on its way; what it has read is still written exactly once.
        var expected = report.WasStopped
            ? report.Progress.Sources.ToDictionary(source => source.Partition, source => source.Items)
            : sent;
        var complaints = await TradeCheck.CompareAsync(path, expected);
        foreach (var complaint in complaints)
        {
            await Console.Error.WriteLineAsync(complaint);
        }

        if (complaints.Count > 0)
        {
            return 1;
        }

        screen.WriteLine(report.WasStopped
            ? "Every item that was read before the stop was written exactly once, to"
            : $"Every item the server sent was written exactly once ({sent.Values.Sum():N0} sent), to");
        screen.WriteLine(path);
        return 0;
    }
}
