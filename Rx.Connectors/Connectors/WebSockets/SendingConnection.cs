namespace Rx.Connectors.WebSockets;

/// <summary>A connection to send over, while what comes in is read and forgotten.</summary>
internal sealed class SendingConnection : IAsyncDisposable
{
    private readonly WebSocketConnection _connection;
    private readonly Task<WebSocketConnectionException?> _incoming;

    public SendingConnection(WebSocketConnection connection)
    {
        _connection = connection;
        _incoming = ReadIncomingAsync();
    }

    /// <exception cref="WebSocketConnectionException">The message was not sent, or not whole. Why is told as well as it is known:
    /// that the server closed says more than that a socket is closed.</exception>
    public async Task SendAsync(WebSocketMessage message, CancellationToken cancellationToken)
    {
        if (_incoming.IsCompleted && await _incoming.ConfigureAwait(false) is { } ended)
        {
            throw ended;
        }

        try
        {
            await _connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketConnectionException failure)
        {
            // The failed send has aborted the connection, so this ends at once.
            var incoming = await _incoming.ConfigureAwait(false);
            throw incoming is { Failure: not WebSocketFailure.ConnectionLost } ? incoming : failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection.BeginClose();
        await _incoming.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<WebSocketConnectionException?> ReadIncomingAsync()
    {
        try
        {
            await _connection.DrainAsync().ConfigureAwait(false);
            return _connection.Closed();
        }
        catch (WebSocketConnectionException ended)
        {
            return ended;
        }
    }
}
