using System.Reactive.Concurrency;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.WebSockets;

/// <summary>
/// The messages of one WebSocket, read by the first worker. A WebSocket has no position to resume from: after a restart the
/// server decides what it sends. Where messages carry a position, write a <see cref="FixedPartitionedSource{T,TPosition}"/> over
/// <see cref="WebSocketReader.Read"/> instead.
/// </summary>
/// <remarks>
/// Errors are those of <see cref="WebSocketReader.Read"/>, after the messages received before them (rule S3). A full bridge is
/// not read from the network; see <see cref="WebSocketConnectionOptions.KeepAliveTimeout"/> for how long that may last.
/// </remarks>
public sealed class WebSocketSource : DynamicSource<WebSocketMessage>
{
    private readonly DynamicSource<WebSocketMessage> _source;

    /// <summary>Makes the source. Nothing is connected before a partition starts.</summary>
    /// <param name="options">Where to connect to, and how.</param>
    /// <param name="bridge">How messages become batches; null for the defaults.</param>
    /// <param name="scheduler">The clock of timeouts and backoff, as in <see cref="WebSocketReader.Read"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/>, or one of them that must be there, is null.</exception>
    /// <exception cref="ArgumentException">An option is not valid; the exception names it.</exception>
    public WebSocketSource(WebSocketConnectionOptions options, BridgeOptions? bridge = null, IScheduler? scheduler = null) =>
        _source = new SourceBridge<WebSocketMessage>(
            new AsyncFeed<WebSocketMessage>(WebSocketReader.Read(options, scheduler), stopsItself: true)).ToSource(bridge);

    /// <inheritdoc/>
    public override StatelessSourcePartition<WebSocketMessage> Build(string stepId, int workerIndex, int workerCount) =>
        _source.Build(stepId, workerIndex, workerCount);
}
