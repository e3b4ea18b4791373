using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Playground.Infrastructure;
using Rx.Connectors.Sources;
using Rx.Connectors.WebSockets;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>The messages of any WebSocket, written to a file as they are.</summary>
internal static class AnyWebSocketExample
{
    public static async Task<int> RunAsync(Uri url, int? items, string? path, Screen screen)
    {
        var file = JsonLinesFile<ReceivedMessage>.Create(path, "websocket.jsonl", ReceivedJson.Default.ReceivedMessage);
        await using var closing = file;

        var flow = new Dataflow("messages");
        flow.Input("websocket", Source(url, items)).Output("file", Bridge.ToBatches<ReceivedMessage>(file.AppendAsync).ToSink());

        var report = await screen.RunAsync(flow);
        screen.Show(report, latencies: null);
        screen.WriteJson(report.ToJson(), ReportJson.Default.JsonReport);
        screen.WriteLine($"Written to {file.Path}");
        return 0;
    }

    private static DynamicSource<ReceivedMessage> Source(Uri url, int? items) => Bridge
        .From(WebSocketReader.Read(new WebSocketConnectionOptions { Uri = url }))
        .Query(messages => (items is { } count ? messages.Take(count) : messages).Select(ReceivedMessage.Now))
        .ToSource(new BridgeOptions { MaxBatchSize = 100, MaxBatchDelay = TimeSpan.FromMilliseconds(500) });
}
