using System.Net.WebSockets;

namespace Rx.Connectors.WebSockets;

/// <summary>The messages of one connection after the other. Not thread-safe: one <see cref="NextAsync"/> at a time.</summary>
internal sealed class ReconnectingReader(WebSocketConnectionOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly WebSocketConnector _connector = new(options, time);
    private readonly ReconnectPolicy _policy = new(options.Reconnect, time);
    private WebSocketConnection? _connection;
    private WebSocketConnectionException? _failure;

    /// <summary>The next message; null at the end.</summary>
    public async ValueTask<WebSocketMessage?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _connection ??= await _connector.OpenAsync(_failure, cancellationToken).ConfigureAwait(false);
                var message = await _connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
                if (message is not null)
                {
                    _policy.Succeeded();
                }

                return message;
            }
            catch (WebSocketConnectionException failure)
            {
                _failure = failure;
            }

            // Going away is how a server says goodbye. With a reconnect it is a restart to wait for, without one it is the end.
            if (options.Reconnect is null && _failure is
                {
                    Failure: WebSocketFailure.ClosedByServer, CloseStatus: WebSocketCloseStatus.EndpointUnavailable,
                })
            {
                return null;
            }

            await DisposeAsync().ConfigureAwait(false);
            await _policy.WaitAsync(_failure, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
