using System.Runtime.CompilerServices;
using System.Text.Json;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.WebSockets;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/websockets.md, which is to stay the same, line by line.</summary>
internal static class WebSocketSnippets
{
    public static Dataflow First()
    {
        // snippet: websocket-first
        var source = new WebSocketSource(
            new WebSocketConnectionOptions
            {
                Uri = new Uri("wss://feed.example/trades"),
                Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer ..." },
                Reconnect = new WebSocketReconnectOptions(),
            },
            new BridgeOptions { MaxBatchSize = 100, MaxBatchDelay = TimeSpan.FromMilliseconds(500) });
        var sink = new WebSocketSink(new WebSocketConnectionOptions { Uri = new Uri("wss://audit.example/log") });

        var flow = new Dataflow("audit");
        flow.Input("trades", source).Output("log", sink);
        // end-snippet
        return flow;
    }

    public static async Task ReadAsync(CancellationToken cancellationToken)
    {
        // snippet: websocket-read
        var options = new WebSocketConnectionOptions { Uri = new Uri("wss://feed.example/trades") };
        await foreach (var message in WebSocketReader.Read(options, cancellationToken: cancellationToken))
        {
            Console.WriteLine(message.IsText ? message.Text : $"{message.Data.Length} bytes");
        }
        // end-snippet
    }

    public static WebSocketConnectionOptions Subscribe()
    {
        // snippet: websocket-subscribe
        var options = new WebSocketConnectionOptions
        {
            Uri = new Uri("wss://feed.example/trades"),
            Reconnect = new WebSocketReconnectOptions(),
            OnConnecting = (attempt, cancellationToken) =>
            {
                attempt.FirstMessages.Add(WebSocketMessage.FromText("""{"subscribe":"EURUSD"}"""));
                return ValueTask.CompletedTask;
            },
        };
        // end-snippet
        return options;
    }
}

// snippet: websocket-positions
public sealed record Trade(string Symbol, decimal Price, long Number);

/// <summary>One connection for each symbol; a trade's number is its position.</summary>
public sealed class TradeSource(Uri server, BridgeOptions options, params string[] symbols) : FixedPartitionedSource<Trade, long>
{
    public override IReadOnlyList<string> ListPartitions() => symbols;

    // The position is the number of the next trade to ask for.
    public override StatefulSourcePartition<Trade, long> BuildPartition(
        string stepId, string partition, ResumeState<long> resumeState) =>
        Bridge.From(Read(partition, resumeState.GetValueOrDefault(0)), trade => trade.Number + 1)
            .ToPartition(resumeState, options);

    private async IAsyncEnumerable<Trade> Read(
        string symbol, long next, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var connection = new WebSocketConnectionOptions
        {
            Uri = server,
            Reconnect = new WebSocketReconnectOptions(),
            OnConnecting = (attempt, _) =>
            {
                // After a restart as after a broken connection: go on behind the last trade received.
                attempt.Uri = new Uri(server, $"?symbol={symbol}&from={next}");
                return ValueTask.CompletedTask;
            },
        };
        await foreach (var message in WebSocketReader.Read(connection, cancellationToken: cancellationToken))
        {
            var trade = JsonSerializer.Deserialize<Trade>(message.Text)!;
            next = trade.Number + 1;
            yield return trade;
        }
    }
}
// end-snippet
