using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Rx.Connectors.WebSockets;

/// <summary>
/// One open connection. One receives at a time and one sends at a time; closing may begin at any moment and from any thread.
/// </summary>
/// <remarks>
/// Cancelling a receive of <see cref="ClientWebSocket"/> aborts the connection, so the receives here are not given the caller's
/// token: cancelled, they begin the close handshake and go on until the server has answered or the time for it is over.
/// </remarks>
internal sealed class WebSocketConnection(
    ClientWebSocket socket, IDisposable handshake, Uri uri, WebSocketConnectionOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly MessageBuffer _buffer = new(options.MaxMessageSize);
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _closeTimer;
    private int _closeBegun;
    private bool _ended;

    private WebSocketCloseStatus? CloseStatus =>
        socket.CloseStatus == WebSocketCloseStatus.Empty ? null : socket.CloseStatus;

    /// <summary>What the client throws for itself, as opposed to what a user's callback throws.</summary>
    public static bool IsClientFailure(Exception thrown) =>
        thrown is WebSocketException or IOException and not WebSocketConnectionException or SocketException or
            OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    /// <summary>What it says at its root: "refused", "no pong"; further out it says that something happened.</summary>
    public static string Cause(Exception thrown)
    {
        while (thrown.InnerException is { } inner)
        {
            thrown = inner;
        }

        return thrown.Message;
    }

    public static ValueTask SendAsync(ClientWebSocket socket, WebSocketMessage message, CancellationToken cancellationToken) =>
        socket.SendAsync(
            message.Data, message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true,
            cancellationToken);

    /// <summary>The next whole message; null when the server has closed normally. What was begun and not ended is dropped.</summary>
    public async ValueTask<WebSocketMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var registration = BeginCloseOn(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            while (await FrameAsync(_buffer.Room(), cancellationToken).ConfigureAwait(false) is { } frame)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    _buffer.Clear();
                    continue;
                }

                if (!_buffer.Add(frame.Count))
                {
                    throw await TooLargeAsync().ConfigureAwait(false);
                }

                if (frame.EndOfMessage)
                {
                    return WebSocketMessage.Received(_buffer.Take(), frame.MessageType == WebSocketMessageType.Text);
                }
            }

            return null;
        }
    }

    /// <summary>Reads and forgets until the server has closed, as a sender must, or pings and the close go unnoticed.</summary>
    public async Task DrainAsync()
    {
        var scratch = new byte[4 * 1024];
        while (await FrameAsync(scratch, CancellationToken.None).ConfigureAwait(false) is not null)
        {
        }
    }

    /// <summary>Sends a message; what is cancelled in the middle takes the connection with it.</summary>
    public async ValueTask SendAsync(WebSocketMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(socket, message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception thrown) when (IsClientFailure(thrown))
        {
            socket.Abort();
            cancellationToken.ThrowIfCancellationRequested();
            throw Lost(thrown);
        }
    }

    /// <summary>That the server has closed, and how, for whom it is a failure.</summary>
    public WebSocketConnectionException Closed()
    {
        var status = CloseStatus is { } given ? $"status {(int)given} ({given})" : "no status";
        var said = string.IsNullOrEmpty(socket.CloseStatusDescription) ? "" : $": {socket.CloseStatusDescription}";
        return new(uri, WebSocketFailure.ClosedByServer, $"closed the connection with {status}{said}.")
        {
            CloseStatus = CloseStatus,
        };
    }

    /// <summary>Begins the close handshake. Its answer is noticed by whoever receives.</summary>
    public void BeginClose()
    {
        if (Interlocked.Exchange(ref _closeBegun, 1) == 0)
        {
            _ = SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        }
    }

    /// <summary>Closes, with the handshake if there is still somebody to shake hands with. Not while something receives.</summary>
    public async ValueTask DisposeAsync()
    {
        BeginClose();
        try
        {
            if (!_ended)
            {
                await DrainAsync().ConfigureAwait(false);
            }
        }
        catch (WebSocketConnectionException)
        {
            // Whoever disposes wants to be rid of it; that it broke meanwhile makes no difference.
        }

        await _closeSent.Task.ConfigureAwait(false);
        _closeTimer?.Dispose();
        socket.Dispose();
        handshake.Dispose();
    }

    private CancellationTokenRegistration BeginCloseOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static connection => ((WebSocketConnection)connection!).BeginClose(), this);

    /// <summary>The next part of a message; null when the server has closed normally, or has answered to the close from here.</summary>
    private async ValueTask<ValueWebSocketReceiveResult?> FrameAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        ValueWebSocketReceiveResult frame;
        try
        {
            frame = await socket.ReceiveAsync(room, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception thrown) when (IsClientFailure(thrown))
        {
            _ended = true;
            cancellationToken.ThrowIfCancellationRequested();
            throw Lost(thrown);
        }

        if (frame.MessageType != WebSocketMessageType.Close)
        {
            return frame;
        }

        _ended = true;
        var closing = Volatile.Read(ref _closeBegun) != 0;
        BeginClose();
        await _closeSent.Task.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return closing ? null : EndOrThrow();
    }

    private ValueWebSocketReceiveResult? EndOrThrow()
    {
        // However politely it closed: half a message is not the end of the stream.
        return _buffer.HasBegun
            ? throw new WebSocketConnectionException(
                uri, WebSocketFailure.ConnectionLost, "closed the connection in the middle of a message.")
            {
                CloseStatus = CloseStatus,
            }
            : CloseStatus is null or WebSocketCloseStatus.NormalClosure ? null : throw Closed();
    }

    private async Task SendCloseAsync(WebSocketCloseStatus status)
    {
        try
        {
            _closeTimer = time.CreateTimer(
                static abort => ((CancellationTokenSource)abort!).Cancel(), _abort, options.CloseTimeout, Timeout.InfiniteTimeSpan);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, null, _abort.Token).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The server is gone, or the scheduler is: there will be no answer, and perhaps nothing that ends the wait for it.
            await _abort.CancelAsync().ConfigureAwait(false);
        }

        _closeSent.SetResult();
    }

    private async Task<WebSocketConnectionException> TooLargeAsync()
    {
        // The rest is not waited for: it may be endless. The server is told, if it listens.
        _ended = true;
        if (Interlocked.Exchange(ref _closeBegun, 1) == 0)
        {
            await SendCloseAsync(WebSocketCloseStatus.MessageTooBig).ConfigureAwait(false);
        }

        return new(
            uri, WebSocketFailure.MessageTooLarge,
            $"sent a message larger than MaxMessageSize, which is {options.MaxMessageSize} bytes.");
    }

    private WebSocketConnectionException Lost(Exception thrown) => IsViolation(thrown)
        ? new(uri, WebSocketFailure.ProtocolViolated, $"does not keep to the protocol: {Cause(thrown)}", thrown)
        : new(uri, WebSocketFailure.ConnectionLost, $"was lost without a close handshake: {Cause(thrown)}", thrown);

    // With something inside it is the transport's doing, or a pong that did not come, unless that is about what was sent. Without
    // a code of its own it tells of compressed data that are none.
    private static bool IsViolation(Exception thrown) => thrown is WebSocketException failure &&
        (failure is { WebSocketErrorCode: WebSocketError.Faulted or WebSocketError.Success, InnerException: null } ||
            failure.InnerException is DecoderFallbackException);
}
