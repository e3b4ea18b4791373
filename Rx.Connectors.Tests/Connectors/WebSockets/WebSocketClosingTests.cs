using System.Net.WebSockets;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>Ends that the reader chooses.</summary>
public sealed class WebSocketClosingTests
{
    [Fact]
    public async Task Cancelling_while_waiting_shakes_hands_and_is_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        await using var watch = await ServeAsync(endless: false);
        await using var messages = WebSocketReader.Read(Reading.To(watch.Uri)).GetAsyncEnumerator(cancel.Token);
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        var waiting = messages.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Times.Patience));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await watch.Closed.Task.WaitAsync(Times.Patience));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_between_messages_shakes_hands(bool endless)
    {
        await using var watch = await ServeAsync(endless);
        var messages = WebSocketReader.Read(Reading.To(watch.Uri)).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        await messages.DisposeAsync().AsTask().WaitAsync(Times.Patience);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await watch.Closed.Task.WaitAsync(Times.Patience));
    }

    [Fact]
    public async Task Token_that_is_cancelled_before_connects_nowhere()
    {
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri), new CancellationToken(canceled: true));
        Assert.Empty(messages);
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Cancelling_while_connecting_is_a_cancellation_even_with_a_reconnect()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new RawServer(async (_, _, ct) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, ct);
        });
        var (_, error) = await Reading.AllAsync(new() { Uri = server.Uri, Reconnect = new() }, cancel.Token);
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Cancelling_while_backing_off_is_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new RawServer((stream, _, ct) => RawServer.HandshakeAsync(stream, ct));
        var day = TimeSpan.FromDays(1);
        var (_, error) = await Reading.AllAsync(
            new()
            {
                Uri = server.Uri,
                Reconnect = new()
                {
                    Backoff = new() { BaseDelay = day, MaxDelay = day, Jitter = false },
                    ShouldRetry = _ =>
                    {
                        cancel.Cancel();
                        return true;
                    },
                },
            },
            cancel.Token);
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task Server_that_does_not_answer_the_close_is_left_after_CloseTimeout(int milliseconds)
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(1, "one"u8.ToArray()), ct);
            await Task.Delay(Timeout.Infinite, ct);
        });
        var options = new WebSocketConnectionOptions { Uri = server.Uri, CloseTimeout = TimeSpan.FromMilliseconds(milliseconds) };
        await using var messages = WebSocketReader.Read(options).GetAsyncEnumerator(cancel.Token);
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        var waiting = messages.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Times.Patience));
    }

    private static async Task<Watched> ServeAsync(bool endless)
    {
        var closed = new TaskCompletionSource<WebSocketCloseStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            var receiving = socket.ServeUntilClosedAsync(ct);
            try
            {
                do
                {
                    await socket.TextAsync("again", ct);
                }
                while (endless);
            }
            catch (WebSocketException)
            {
                // The close was answered meanwhile, and nothing may be sent after it.
            }

            await receiving;
            closed.SetResult(socket.CloseStatus);
        });
        return new Watched(server, closed);
    }

    private sealed record Watched(LoopbackWebSocketServer Server, TaskCompletionSource<WebSocketCloseStatus?> Closed)
        : IAsyncDisposable
    {
        public Uri Uri => Server.Uri;

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
