using System.Reactive.Concurrency;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.WebSockets;

/// <summary>
/// Sends each item over a WebSocket. Every worker has a connection of its own, opened at its first item and closed, with the
/// handshake, when its partition is.
/// </summary>
/// <remarks>
/// <para>A batch is written when each of its messages was handed to the operating system (rule K1). The trap: WebSockets confirm
/// nothing, so what the server had not read when a connection broke is lost although it counted as written. Where that
/// matters, let the server answer and wait for the answer, with <c>Bridge.To</c> over a client of its own.</para>
/// <para>A failure is a <see cref="SinkWriteException"/> around a <see cref="WebSocketConnectionException"/>. Without
/// <see cref="WebSocketConnectionOptions.Reconnect"/> it is the partition's last: retries of the write fail the same way.</para>
/// </remarks>
public sealed class WebSocketSink : DynamicSink<WebSocketMessage>
{
    private readonly WebSocketConnectionOptions _options;
    private readonly WriteOptions? _write;
    private readonly IScheduler? _scheduler;

    /// <summary>Makes the sink. Nothing is connected yet.</summary>
    /// <param name="options">Where to connect to, and how.</param>
    /// <param name="write">Timeout and retries of a write; null for the defaults. A write that runs into its timeout takes the
    /// connection with it. More concurrency than 1 gives up the order and gains nothing.</param>
    /// <param name="scheduler">The clock of timeouts and backoff of the connection; null for <see cref="DefaultScheduler"/>. It must
    /// not be one that a worker runs on: a worker that writes is not free to fire its timers.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/>, or one of them that must be there, is null.</exception>
    /// <exception cref="ArgumentException">An option is not valid; the exception names it.</exception>
    public WebSocketSink(WebSocketConnectionOptions options, WriteOptions? write = null, IScheduler? scheduler = null)
    {
        // Checked here too, so that a bad option is refused where it is written.
        WebSocketConnectionOptions.Check(options);
        _ = WriteSettings.Check(write);
        _options = options;
        _write = write;
        _scheduler = scheduler;
    }

    /// <inheritdoc/>
    public override StatelessSinkPartition<WebSocketMessage> Build(string stepId, int workerIndex, int workerCount) =>
        new WebSocketSinkPartition(new WebSocketSender(_options, _scheduler), _write);
}
