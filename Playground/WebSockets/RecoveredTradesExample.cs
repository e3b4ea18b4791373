using System.Text.Encodings.Web;
using System.Text.Json;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Playground.Infrastructure;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>
/// The trades once more, but stopped or killed and started again: the server is asked to begin at the stored position, and the
/// file is cut to its own.
/// </summary>
internal static class RecoveredTradesExample
{
    // The lines are read by people and never stand in a web page, which is what the stricter default is for.
    private static readonly FeedJson _json = new(new JsonSerializerOptions(FeedJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static async Task<int> RunAsync(int items, string output, string recovery, Screen screen)
    {
        var tapes = Market.Tapes(items);
        await using var server = await TradeServer.StartAsync(tapes);

        var flow = new Dataflow("trades");
        flow.Input("server", new TradeSource(server.Address, Market.Symbols))
            .Select(trade => JsonSerializer.Serialize(trade, _json.Trade), "json")
            .Output("file", new FileSink(output), static _ => "");

        var report = await screen.RunAsync(flow, new FlowOptions
        {
            ProgressInterval = screen.ProgressInterval,
            EpochInterval = TimeSpan.FromSeconds(1),
            Recovery = screen.Recovery(recovery, "file"),
        });
        screen.Show(report, latencies: null);
        screen.WriteJson(report.ToJson(), ReportJson.Default.JsonReport);
        if (report.WasStopped)
        {
            screen.WriteLine("Start again with the same options to go on.");
            return 0;
        }

        return await CheckAsync(tapes, output, screen);
    }

    private static async Task<int> CheckAsync(IReadOnlyList<TradeTape> tapes, string output, Screen screen)
    {
        var complaints = await TradeCheck.CompareAsync(output, tapes.ToDictionary(tape => tape.Symbol, tape => (long)tape.Count));
        foreach (var complaint in complaints)
        {
            await Console.Error.WriteLineAsync(complaint);
        }

        if (complaints.Count == 0)
        {
            screen.WriteLine($"Every trade was written exactly once, over all runs ({tapes.Sum(tape => tape.Count):N0}), to");
            screen.WriteLine(Path.GetFullPath(output));
        }

        return complaints.Count == 0 ? 0 : 1;
    }
}
