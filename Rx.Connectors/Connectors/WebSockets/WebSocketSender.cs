using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>
/// Sends messages over a WebSocket, one at a time, in the order of the calls. It connects at the first one. What the server
/// sends is read, so that its pings are answered and its close is noticed, and then forgotten.
/// </summary>
/// <remarks>May be called from any thread; calls wait for each other.</remarks>
public sealed class WebSocketSender : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly WebSocketConnector _connector;
    private readonly ReconnectPolicy _policy;
    private readonly bool _reconnects;
    private SendingConnection? _connection;
    private WebSocketConnectionException? _failure;
    private Task? _closed;

    /// <summary>Makes the sender. Nothing is connected yet.</summary>
    /// <param name="options">Where to connect to, and how. <see cref="WebSocketConnectionOptions.MaxMessageSize"/> is not applied to
    /// what is sent, and what is received is not kept.</param>
    /// <param name="scheduler">
    /// The clock of timeouts and backoff; null for <see cref="DefaultScheduler"/>. It must not be one that a worker runs on, whose
    /// timers fire only while the worker is free: a worker that writes is not.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/>, or one of them that must be there, is null.</exception>
    /// <exception cref="ArgumentException">An option is not valid; the exception names it.</exception>
    public WebSocketSender(WebSocketConnectionOptions options, IScheduler? scheduler = null)
    {
        WebSocketConnectionOptions.Check(options);
        var time = (scheduler ?? DefaultScheduler.Instance).ToTimeProvider();
        _connector = new WebSocketConnector(options, time);
        _policy = new ReconnectPolicy(options.Reconnect, time);
        _reconnects = options.Reconnect is not null;
    }

    /// <summary>Sends a message. The task ends when it was handed to the operating system.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">
    /// Gives up. A message that was being sent meanwhile may have arrived or not, and its connection is lost.
    /// </param>
    /// <returns>A task that ends when the message was sent.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is null.</exception>
    /// <exception cref="WebSocketConnectionException">
    /// The connection failed and is not, or no longer, tried again. Without a reconnect, every later call fails the same way.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The sender is disposed.</exception>
    /// <remarks>
    /// The trap: WebSockets confirm nothing. A message that was sent may still be lost when the connection breaks before the
    /// server has read it. With a reconnect, one whose sending failed is sent again, whole, over the new connection.
    /// </remarks>
    public async Task SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await _turn.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                await SendInTurnAsync(message, either.Token).ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(WebSocketSender));
        }
        catch (OperationCanceledException stopped) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(stopped.Message, stopped, cancellationToken);
        }
    }

    /// <summary>Closes the connection, with the handshake. What is being sent meanwhile is given up.</summary>
    /// <returns>A task that ends when it is closed, at most <see cref="WebSocketConnectionOptions.CloseTimeout"/> later.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            // Not on the caller's stack, which holds the lock, nor in its context, which may be waiting for this.
            _closed ??= Task.Run(CloseAsync);
        }

        return new ValueTask(_closed);
    }

    private async Task CloseAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await DropAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SendInTurnAsync(WebSocketMessage message, CancellationToken cancellationToken)
    {
        if (_failure is not null && !_reconnects)
        {
            throw _failure.Again();
        }

        while (true)
        {
            try
            {
                _connection ??= new(await _connector.OpenAsync(_failure, cancellationToken).ConfigureAwait(false));
                await _connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
                _policy.Succeeded();
                return;
            }
            catch (WebSocketConnectionException failure)
            {
                _failure = failure;
            }

            await DropAsync().ConfigureAwait(false);
            await _policy.WaitAsync(_failure, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
