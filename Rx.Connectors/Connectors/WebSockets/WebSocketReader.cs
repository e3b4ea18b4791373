using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>Reads a WebSocket as an asynchronous stream.</summary>
public static class WebSocketReader
{
    /// <summary>Reads messages. It connects when the enumeration begins, each time anew.</summary>
    /// <param name="options">Where to connect to, and how.</param>
    /// <param name="scheduler">
    /// The clock of timeouts and backoff; null for <see cref="DefaultScheduler"/>. It must not be one that a worker runs on, whose
    /// timers fire only while the worker is free.
    /// </param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>, after the close
    /// handshake or <see cref="WebSocketConnectionOptions.CloseTimeout"/>, whichever comes first.</param>
    /// <returns>
    /// The messages in their order, each whole. The stream ends when the server closes the connection with status 1000 (normal)
    /// or none, and, without a reconnect, 1001 (going away). Disposing its enumerator closes the connection with the handshake.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/>, or one of them that must be there, is null.</exception>
    /// <exception cref="ArgumentException">An option is not valid; the exception names it. Nothing was started.</exception>
    /// <exception cref="WebSocketConnectionException">
    /// Thrown by the enumeration: the connection failed and is not, or no longer, tried again. All messages that were complete
    /// have been returned before; one that was begun is dropped.
    /// </exception>
    /// <remarks>
    /// The connection is read only while the caller asks for messages; a server that sends faster is held up by TCP. Over a
    /// reconnect, what the server sends meanwhile is lost unless <see cref="WebSocketConnectionOptions.OnConnecting"/> asks for
    /// it. Each enumeration is on its own; one of them is not thread-safe.
    /// </remarks>
    public static IAsyncEnumerable<WebSocketMessage> Read(
        WebSocketConnectionOptions options, IScheduler? scheduler = null, CancellationToken cancellationToken = default)
    {
        WebSocketConnectionOptions.Check(options);
        return Core(options, (scheduler ?? DefaultScheduler.Instance).ToTimeProvider(), cancellationToken);

        static async IAsyncEnumerable<WebSocketMessage> Core(
            WebSocketConnectionOptions options, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var reader = new ReconnectingReader(options, time);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } message)
                {
                    yield return message;
                }
            }
        }
    }
}
