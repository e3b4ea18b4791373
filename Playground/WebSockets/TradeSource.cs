using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.WebSockets;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>
/// The trades of several symbols, one partition and one connection each. A partition's position is the number of the next
/// trade, and the server is asked to begin there.
/// </summary>
internal sealed class TradeSource(Uri server, IReadOnlyList<string> symbols) : FixedPartitionedSource<Trade, long>
{
    private static readonly BridgeOptions _batches = new() { MaxBatchSize = 100, MaxBatchDelay = TimeSpan.FromMilliseconds(500) };

    public override IReadOnlyList<string> ListPartitions() => symbols;

    public override StatefulSourcePartition<Trade, long> BuildPartition(
        string stepId, string partition, ResumeState<long> resumeState)
    {
        var from = resumeState.GetValueOrDefault(0);
        var connection = new WebSocketConnectionOptions
        {
            Uri = new Uri(server, $"trades/{partition}?from={from}"),
            // The server is on this machine, where a proxy set for the web would not find it.
            Configure = static client => client.Proxy = null,
        };
        return Bridge
            .From(WebSocketReader.Read(connection).Select(FeedMessage.Parse), message => message.Position)
            .Query(messages => messages.Where(message => message is Trade).Select(message => (Trade)message))
            .ToPartition(resumeState, _batches);
    }
}
