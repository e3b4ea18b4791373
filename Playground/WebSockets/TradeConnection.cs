using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>The server's side of one connection: sends trades as they are due, and closes when there are no more.</summary>
internal sealed class TradeConnection(WebSocket socket, Action tradeSent) : IDisposable
{
    private readonly CancellationTokenSource _clientCloses = new();

    public async Task SendAsync(TradeTape tape, long from, CancellationToken aborted)
    {
        using var linked = aborted.Register(_clientCloses.Cancel);
        var listening = ListenAsync(aborted);
        try
        {
            await SendTradesAsync(tape, from, aborted);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The client is gone. That it has not got everything shows in the example's own count.
            socket.Abort();
        }

        await listening;
    }

    public void Dispose() => _clientCloses.Dispose();

    private async Task SendTradesAsync(TradeTape tape, long from, CancellationToken aborted)
    {
        var started = Stopwatch.GetTimestamp();
        TimeSpan? firstDue = null;
        foreach (var burst in tape.From(from))
        {
            firstDue ??= burst.Due;
            await SendAsync(new Heartbeat(tape.Symbol, burst.Trades[0].Sequence), aborted);
            await WaitUntilAsync(started, burst.Due - firstDue.Value);
            foreach (var trade in burst.Trades)
            {
                if (_clientCloses.IsCancellationRequested)
                {
                    return;
                }

                await SendAsync(trade with { SentUtc = DateTimeOffset.UtcNow }, aborted);
                tradeSent();
            }
        }
    }

    private async Task WaitUntilAsync(long started, TimeSpan due)
    {
        if (due - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, _clientCloses.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task SendAsync(FeedMessage message, CancellationToken aborted) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(message, FeedJson.Default.FeedMessage),
        WebSocketMessageType.Text,
        endOfMessage: true,
        aborted);

    /// <summary>The client says nothing but that it closes, which is to be noticed also while there is nothing to send.</summary>
    private async Task ListenAsync(CancellationToken aborted)
    {
        try
        {
            var scratch = new byte[128];
            while ((await socket.ReceiveAsync(scratch.AsMemory(), aborted)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // As good as a close.
        }

        await _clientCloses.CancelAsync();
    }
}
