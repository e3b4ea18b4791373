using System.Net;
using System.Net.WebSockets;

namespace Rx.Connectors.WebSockets;

/// <summary>Opens connections one after the other, for one reader or sender.</summary>
internal sealed class WebSocketConnector(WebSocketSettings settings, TimeProvider time)
{
    private int _attempts;

    /// <summary>Makes one attempt.</summary>
    /// <param name="failure">What ended the last one; null for the first.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    public async Task<WebSocketConnection> OpenAsync(WebSocketConnectionException? failure, CancellationToken cancellationToken)
    {
        var attempt = new WebSocketAttempt(++_attempts, failure, settings);
        if (settings.OnConnecting is { } onConnecting)
        {
            await onConnecting(attempt, cancellationToken).ConfigureAwait(false);
            HandshakeChecks.Uri(attempt.Uri, "attempt.Uri");
            HandshakeChecks.Headers(attempt.Headers, "attempt.Headers");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var socket = new ClientWebSocket();
        try
        {
            Prepare(socket.Options, attempt);
            await ConnectAsync(socket, attempt, cancellationToken).ConfigureAwait(false);
            return new WebSocketConnection(socket, attempt.Uri, settings, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Prepare(ClientWebSocketOptions options, WebSocketAttempt attempt)
    {
        options.KeepAliveInterval = settings.KeepAliveInterval;
        options.KeepAliveTimeout = settings.KeepAliveTimeout;
        options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in attempt.Headers)
        {
            options.SetRequestHeader(name, value);
        }

        foreach (var name in settings.SubProtocols)
        {
            options.AddSubProtocol(name);
        }

        settings.Configure?.Invoke(options);
    }

    private async Task ConnectAsync(ClientWebSocket socket, WebSocketAttempt attempt, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await socket.ConnectAsync(attempt.Uri, either.Token).ConfigureAwait(false);
            if (settings.SubProtocols.Count > 0 && string.IsNullOrEmpty(socket.SubProtocol))
            {
                throw SubProtocolRefused(attempt.Uri, null);
            }

            foreach (var message in attempt.FirstMessages)
            {
                await WebSocketConnection.SendAsync(socket, message, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception thrown) when (WebSocketConnection.IsClientFailure(thrown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(socket, attempt.Uri, thrown, timeout.IsCancellationRequested);
        }
    }

    private WebSocketConnectionException Explain(ClientWebSocket socket, Uri uri, Exception thrown, bool timedOut)
    {
        if (timedOut)
        {
            return new(uri, WebSocketFailure.ConnectTimedOut, $"was not open within {settings.ConnectTimeout}.", thrown);
        }

        if (socket.HttpStatusCode is not (0 or HttpStatusCode.SwitchingProtocols))
        {
            var status = socket.HttpStatusCode;
            return new(uri, WebSocketFailure.HandshakeRefused, $"refused the WebSocket: status {(int)status} ({status}).", thrown)
            {
                HttpStatus = status,
            };
        }

        if (thrown is WebSocketException { WebSocketErrorCode: WebSocketError.UnsupportedProtocol })
        {
            return SubProtocolRefused(uri, thrown);
        }

        return thrown is WebSocketException { WebSocketErrorCode: WebSocketError.NotAWebSocket or WebSocketError.HeaderError } ||
            thrown.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            ? new(uri, WebSocketFailure.HandshakeRefused, $"did not answer as a WebSocket server does: {thrown.Message}", thrown)
            : new(uri, WebSocketFailure.ConnectFailed, $"could not be reached: {WebSocketConnection.Cause(thrown)}", thrown);
    }

    private WebSocketConnectionException SubProtocolRefused(Uri uri, Exception? thrown)
    {
        var offered = settings.SubProtocols.Count == 0 ? "none" : string.Join(", ", settings.SubProtocols);
        var chosen = thrown is null ? "none of the sub-protocols" : "a sub-protocol that was not";
        return new(uri, WebSocketFailure.SubProtocolRefused, $"chose {chosen} offered ({offered}).", thrown);
    }
}
