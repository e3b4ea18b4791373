using System.Net;
using System.Net.WebSockets;

namespace Rx.Connectors.WebSockets;

/// <summary>Opens connections one after the other, for one reader or sender.</summary>
internal sealed class WebSocketConnector(WebSocketConnectionOptions options, TimeProvider time)
{
    private int _attempts;
    private Task _asking = Task.CompletedTask;

    /// <summary>Makes one attempt.</summary>
    /// <param name="failure">What ended the last one; null for the first.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    public async Task<WebSocketConnection> OpenAsync(WebSocketConnectionException? failure, CancellationToken cancellationToken)
    {
        var attempt = new WebSocketAttempt(++_attempts, failure, options);
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        if (options.OnConnecting is { } onConnecting)
        {
            await AskAsync(onConnecting, attempt, either.Token, cancellationToken).ConfigureAwait(false);
            HandshakeChecks.Uri(attempt.Uri, "attempt.Uri");
            HandshakeChecks.Headers(attempt.Headers, "attempt.Headers");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var socket = new ClientWebSocket();
        Handshake? handshake = null;
        try
        {
            Prepare(socket.Options, attempt);
            handshake = Handshake.TakeOver(socket.Options);
            await ConnectAsync(socket, handshake, attempt, either.Token, cancellationToken).ConfigureAwait(false);
            return new WebSocketConnection(socket, handshake, attempt.Uri, options, time);
        }
        catch
        {
            socket.Dispose();
            handshake?.Dispose();
            throw;
        }
    }

    // Beside whoever connects, and no longer than the attempt may take: it is the caller's code, and may block or hang.
    private async Task AskAsync(
        Func<WebSocketAttempt, CancellationToken, ValueTask> onConnecting, WebSocketAttempt attempt, CancellationToken either,
        CancellationToken cancellationToken)
    {
        try
        {
            // One that has not ended for an attempt before this one is not called beside itself.
            await _asking.WaitAsync(either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            either.ThrowIfCancellationRequested();
            _asking = Task.Run(() => onConnecting(attempt, either).AsTask(), either);
            _ = _asking.ContinueWith(
                static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await _asking.WaitAsync(either).ConfigureAwait(false);
        }
        catch (OperationCanceledException stopped) when (either.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw TimedOut(options.Uri, stopped, ": OnConnecting had not ended");
        }
    }

    private void Prepare(ClientWebSocketOptions client, WebSocketAttempt attempt)
    {
        client.KeepAliveInterval = options.KeepAliveInterval;
        client.KeepAliveTimeout = options.KeepAliveTimeout;
        foreach (var (name, value) in attempt.Headers)
        {
            client.SetRequestHeader(name, value);
        }

        foreach (var name in options.SubProtocols)
        {
            client.AddSubProtocol(name);
        }

        options.Configure?.Invoke(client);
    }

    private async Task ConnectAsync(
        ClientWebSocket socket, Handshake handshake, WebSocketAttempt attempt, CancellationToken either,
        CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(attempt.Uri, handshake.Invoker, either).ConfigureAwait(false);
        }
        catch (Exception thrown) when (WebSocketConnection.IsClientFailure(thrown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw either.IsCancellationRequested ? TimedOut(attempt.Uri, thrown) : Explain(handshake, attempt.Uri, thrown);
        }

        if (options.SubProtocols.Count > 0 && string.IsNullOrEmpty(socket.SubProtocol))
        {
            throw SubProtocolRefused(attempt.Uri, null);
        }

        try
        {
            foreach (var message in attempt.FirstMessages)
            {
                await WebSocketConnection.SendAsync(socket, message, either).ConfigureAwait(false);
            }
        }
        catch (Exception thrown) when (WebSocketConnection.IsClientFailure(thrown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw either.IsCancellationRequested
                ? TimedOut(attempt.Uri, thrown, ": the first messages were not sent")
                : new(
                    attempt.Uri, WebSocketFailure.ConnectionLost,
                    $"was lost while the first messages were sent: {WebSocketConnection.Cause(thrown)}", thrown);
        }
    }

    private WebSocketConnectionException TimedOut(Uri uri, Exception thrown, string why = "") =>
        new(uri, WebSocketFailure.ConnectTimedOut, $"was not open within {options.ConnectTimeout}{why}.", thrown);

    private WebSocketConnectionException Explain(Handshake handshake, Uri uri, Exception thrown)
    {
        if (handshake.Violation is { } violation)
        {
            return new(uri, WebSocketFailure.ProtocolViolated, $"does not keep to the protocol: {violation}.", thrown);
        }

        if (handshake.Status is { } status and not HttpStatusCode.SwitchingProtocols)
        {
            return Refused(handshake, uri, status, thrown);
        }

        if (thrown is WebSocketException { WebSocketErrorCode: WebSocketError.UnsupportedProtocol })
        {
            return SubProtocolRefused(uri, thrown);
        }

        return handshake.Status is not null || thrown.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            ? new(uri, WebSocketFailure.HandshakeRefused, $"did not answer as a WebSocket server does: {thrown.Message}", thrown)
            : new(uri, WebSocketFailure.ConnectFailed, $"could not be reached: {WebSocketConnection.Cause(thrown)}", thrown);
    }

    private static WebSocketConnectionException Refused(Handshake handshake, Uri uri, HttpStatusCode status, Exception thrown)
    {
        var by = handshake.IsOfProxy ? "is behind a proxy that refused it" : "refused the WebSocket";
        var location = WebSocketConnectionException.Resolve(uri, handshake.Location);
        var whither = location is null ? "" :
            $" It redirects to {WebSocketConnectionException.WithoutSecrets(location)}, which is not followed, since the headers are for " +
            "this server alone: connect there yourself if it is to be trusted.";
        return new(uri, WebSocketFailure.HandshakeRefused, $"{by}: status {(int)status} ({status}).{whither}", thrown)
        {
            HttpStatus = status,
            Location = location,
        };
    }

    private WebSocketConnectionException SubProtocolRefused(Uri uri, Exception? thrown)
    {
        var offered = options.SubProtocols.Count == 0 ? "none" : string.Join(", ", options.SubProtocols);
        var chosen = thrown is null ? "none of the sub-protocols" : "a sub-protocol that was not";
        return new(uri, WebSocketFailure.SubProtocolRefused, $"chose {chosen} offered ({offered}).", thrown);
    }
}
