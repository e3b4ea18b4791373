using System.Collections.Concurrent;
using System.Net.WebSockets;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

[Trait("speed", "slow")]
public sealed class WebSocketSenderTests
{
    private static readonly BackoffOptions _fast = new() { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    [Fact]
    public async Task Everything_arrives_in_order_over_one_connection_and_the_close_is_seen()
    {
        var received = new ConcurrentQueue<WebSocketMessage>();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            while (await socket.ReceiveMessageAsync(ct) is { } message)
            {
                received.Enqueue(message);
            }

            closed.SetResult();
        });
        await using (var sender = new WebSocketSender(Reading.To(server.Uri)))
        {
            Assert.Equal(0, server.Requests);
            for (var i = 0; i < 1_000; i++)
            {
                await SendAsync(sender, $"{i}");
            }

            await sender.SendAsync(WebSocketMessage.FromBinary(new byte[100_000])).WaitAsync(Times.Patience);
        }

        await closed.Task.WaitAsync(Times.Patience);
        Assert.Equal(1, server.Requests);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), received.Take(1_000).Select(message => message.Text));
        Assert.Equal(100_000, received.Last().Data.Length);
    }

    [Fact]
    public async Task Calls_at_the_same_time_wait_for_each_other()
    {
        var received = new ConcurrentQueue<string>();
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            while (await socket.ReceiveMessageAsync(ct) is { } message)
            {
                received.Enqueue(message.Text);
            }
        });
        await using (var sender = new WebSocketSender(Reading.To(server.Uri)))
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => SendAsync(sender, $"{i}")));
        }

        Assert.Equal(1, server.Requests);
        Assert.Equal(Enumerable.Range(0, 100), received.Select(int.Parse).Order());
    }

    [Fact]
    public async Task What_the_server_sends_does_not_hold_up_the_sending()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            // More than the buffers on the way hold, and larger than the limit for what is read.
            for (var i = 0; i < 20; i++)
            {
                await socket.BytesAsync(new byte[1_000_000], ct);
            }

            Assert.Equal("after", (await socket.ReceiveMessageAsync(ct))!.Text);
            done.SetResult();
            await socket.ServeUntilClosedAsync(ct);
        });
        await using var sender = new WebSocketSender(new() { Uri = server.Uri, MaxMessageSize = 1 });
        await SendAsync(sender, "after");
        await done.Task.WaitAsync(Times.Patience);
    }

    [Theory]
    [InlineData(WebSocketCloseStatus.NormalClosure)]
    [InlineData(WebSocketCloseStatus.PolicyViolation)]
    public async Task Server_that_closes_is_an_error_of_every_later_send(WebSocketCloseStatus status)
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.ReceiveMessageAsync(ct);
            await socket.CloseAsync(status, "enough", ct);
        });
        await using var sender = new WebSocketSender(Reading.To(server.Uri));
        var failure = await SendUntilFailureAsync(sender);
        Assert.Equal(WebSocketFailure.ClosedByServer, failure.Failure);
        Assert.Equal(status, failure.CloseStatus);
        var again = await SendUntilFailureAsync(sender);
        Assert.NotSame(failure, again);
        Assert.Equal(failure.Message, again.Message);
        Assert.Equal(status, again.CloseStatus);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Server_that_is_gone_is_an_error()
    {
        await using var server = new RawServer((stream, _, ct) => RawServer.HandshakeAsync(stream, ct));
        await using var sender = new WebSocketSender(Reading.To(server.Uri));
        var failure = await SendUntilFailureAsync(sender);
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Half_open_server_is_noticed_by_the_missing_pong()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await Task.Delay(Timeout.Infinite, ct);
        });
        await using var sender = new WebSocketSender(new()
        {
            Uri = server.Uri,
            KeepAliveInterval = TimeSpan.FromMilliseconds(100),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(100),
        });
        Assert.Equal(WebSocketFailure.ConnectionLost, (await SendUntilFailureAsync(sender)).Failure);
    }

    [Fact]
    public async Task Refused_server_is_an_error()
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync((context, _, _) =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        await using var sender = new WebSocketSender(new() { Uri = server.Uri, Reconnect = new() { Backoff = _fast } });
        Assert.Equal(403, (int)(await SendUntilFailureAsync(sender)).HttpStatus!);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Reconnect_sends_what_failed_over_the_next_connection()
    {
        var received = new ConcurrentQueue<int>();
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            // The first of each connection, except that the fourth goes on.
            while (await socket.ReceiveMessageAsync(ct) is { } message)
            {
                received.Enqueue(int.Parse(message.Text));
                if (received.Count < 4)
                {
                    socket.Abort();
                    return;
                }
            }
        });
        await using (var sender = new WebSocketSender(new() { Uri = server.Uri, Reconnect = new() { Backoff = _fast } }))
        {
            for (var i = 0; received.Count < 10; i++)
            {
                await SendAsync(sender, $"{i}");
                await Task.Yield();
            }
        }

        Assert.Equal(4, server.Requests);
        Assert.Equal(received.Order().Distinct(), received);
    }

    [Fact]
    public async Task Reconnect_gives_up_and_a_later_call_begins_to_count_again()
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync((context, _, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var sender = new WebSocketSender(
            new() { Uri = server.Uri, Reconnect = new() { MaxRetryAttempts = 2, Backoff = _fast } });
        for (var call = 1; call <= 2; call++)
        {
            var failure = await SendUntilFailureAsync(sender);
            Assert.EndsWith("Given up after 2 new attempts in a row.", failure.Message);
            Assert.Equal(call * 3, server.Requests);
        }
    }

    [Fact]
    public async Task Cancelled_while_connecting_it_can_be_tried_again()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = await LoopbackWebSocketServer.StartRawAsync(async (context, number, ct) =>
        {
            if (number == 1)
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, ct);
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ServeUntilClosedAsync(ct);
        });
        await using var sender = new WebSocketSender(Reading.To(server.Uri));
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => sender.SendAsync(WebSocketMessage.FromText("one"), cancel.Token).WaitAsync(Times.Patience, CancellationToken.None));
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        await SendAsync(sender, "one");
    }

    [Fact]
    public async Task Disposing_ends_what_waits_and_refuses_what_comes_after()
    {
        var connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (_, _, ct) =>
        {
            connecting.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        });
        var sender = new WebSocketSender(Reading.To(server.Uri));
        var first = sender.SendAsync(WebSocketMessage.FromText("one"));
        var second = sender.SendAsync(WebSocketMessage.FromText("two"));
        await connecting.Task.WaitAsync(Times.Patience);
        await Task.WhenAll(sender.DisposeAsync().AsTask(), sender.DisposeAsync().AsTask()).WaitAsync(Times.Patience);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.WaitAsync(Times.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.WaitAsync(Times.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SendAsync(sender, "three"));
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_sent_nothing_connected()
    {
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        await new WebSocketSender(Reading.To(server.Uri)).DisposeAsync();
        Assert.Equal(0, server.Connections);
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => new WebSocketSender(Reading.To(server.Uri)).SendAsync(null!));
    }

    private static Task SendAsync(WebSocketSender sender, string text) =>
        sender.SendAsync(WebSocketMessage.FromText(text)).WaitAsync(Times.Patience);

    /// <summary>A send that the operating system took is a success, so only a later one can tell that the server is gone.</summary>
    private static async Task<WebSocketConnectionException> SendUntilFailureAsync(WebSocketSender sender)
    {
        while (true)
        {
            try
            {
                await SendAsync(sender, "more");
                await Task.Yield();
            }
            catch (WebSocketConnectionException failure)
            {
                return failure;
            }
        }
    }
}
