using System.Net.WebSockets;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

[Trait("speed", "slow")]
public sealed class WebSocketReconnectTests
{
    private static readonly BackoffOptions _fast = new() { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    [Fact]
    public async Task Goes_on_after_a_broken_connection_without_the_half_message()
    {
        await using var server = new RawServer(async (stream, number, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(1, [(byte)('0' + number)]), ct);
            if (number < 4)
            {
                await stream.WriteAsync(RawServer.Frame(1, "half"u8.ToArray(), final: false), ct);
                return;
            }

            await stream.WriteAsync(RawServer.Frame(8, []), ct);
            await RawServer.ReadSomeAsync(stream, ct);
        });

        // One attempt in a row is enough, since each connection brings a message.
        var (messages, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Reconnect = new() { MaxRetryAttempts = 1, Backoff = _fast },
        });
        Assert.Null(error);
        Assert.Equal(["1", "2", "3", "4"], messages.Select(message => message.Text));
    }

    [Fact]
    public async Task Gives_up_after_MaxAttempts_in_a_row()
    {
        await using var server = new RawServer(async (stream, number, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            if (number == 2)
            {
                await stream.WriteAsync(RawServer.Frame(1, "counts anew"u8.ToArray()), ct);
            }
        });
        var failure = await Reading.FailureAsync(
            new() { Uri = server.Uri, Reconnect = new() { MaxRetryAttempts = 3, Backoff = _fast } }, "counts anew");
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
        Assert.EndsWith("Given up after 3 new attempts in a row.", failure.Message);
        Assert.Equal(5, server.Connections);
    }

    [Fact]
    public async Task Going_away_is_followed_and_a_normal_close_is_the_end()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, number, ct) =>
        {
            await socket.TextAsync($"{number}", ct);
            var status = number == 1 ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure;
            await socket.CloseAsync(status, null, ct);
        });
        var (messages, error) = await Reading.AllAsync(new() { Uri = server.Uri, Reconnect = new() { Backoff = _fast } });
        Assert.Null(error);
        Assert.Equal(["1", "2"], messages.Select(message => message.Text));
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(503, 3)]
    public async Task Only_what_is_transient_is_tried_again(int status, int requests)
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync((context, _, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var failure = await Reading.FailureAsync(
            new() { Uri = server.Uri, Reconnect = new() { MaxRetryAttempts = 2, Backoff = _fast } });
        Assert.Equal(status, (int)failure.HttpStatus!);
        Assert.Equal(requests, server.Requests);
    }

    [Fact]
    public async Task ShouldReconnect_has_the_last_word()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(
            (socket, number, ct) => socket.CloseAsync((WebSocketCloseStatus)(4000 + number), null, ct));
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            Reconnect = new() { Backoff = _fast, ShouldRetry = failure => (int)failure.CloseStatus! < 4003 },
        });
        Assert.Equal(4003, (int)failure.CloseStatus!);
    }

    [Fact]
    public async Task OnConnecting_builds_each_attempt_and_hears_why()
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync(async (context, number, ct) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var subscribed = await socket.ReceiveMessageAsync(ct);
            await socket.TextAsync($"{context.Request.QueryString} {context.Request.Headers["X-Attempt"]} {subscribed}", ct);
            var status = number == 1 ? WebSocketCloseStatus.InternalServerError : WebSocketCloseStatus.NormalClosure;
            await socket.CloseAsync(status, null, ct);
        });
        var reasons = new List<WebSocketFailure?>();
        var (messages, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Reconnect = new() { Backoff = _fast },
            OnConnecting = (attempt, _) =>
            {
                reasons.Add(attempt.Failure?.Failure);
                attempt.Uri = new Uri(attempt.Uri, $"?from={attempt.Number * 10}");
                attempt.Headers["X-Attempt"] = $"{attempt.Number}";
                attempt.FirstMessages.Add(WebSocketMessage.FromText("subscribe"));
                return ValueTask.CompletedTask;
            },
        });
        Assert.Null(error);
        Assert.Equal(["?from=10 1 subscribe", "?from=20 2 subscribe"], messages.Select(message => message.Text));
        Assert.Equal([null, WebSocketFailure.ClosedByServer], reasons);
    }

    [Fact]
    public async Task OnConnecting_that_fails_ends_the_stream()
    {
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var (_, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Reconnect = new() { Backoff = _fast },
            OnConnecting = (_, _) => throw new InvalidOperationException("no token"),
        });
        Assert.Equal("no token", Assert.IsType<InvalidOperationException>(error).Message);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task OnConnecting_is_checked_like_the_options()
    {
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var (_, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            OnConnecting = (attempt, _) =>
            {
                attempt.Headers["A"] = "x\r\nB: y";
                return ValueTask.CompletedTask;
            },
        });
        Assert.Equal("attempt.Headers", Assert.IsAssignableFrom<ArgumentException>(error).ParamName);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Backoff_runs_on_the_scheduler()
    {
        var scheduler = new WaitingTestScheduler();
        var attempts = new SemaphoreSlim(0);
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var messages = WebSocketReader.Read(
            new()
            {
                Uri = server.Uri,
                ConnectTimeout = Timeout.InfiniteTimeSpan,
                Reconnect = new()
                {
                    MaxRetryAttempts = 2,
                    Backoff = new() { BaseDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(3), Jitter = false },
                },
                OnConnecting = (_, _) =>
                {
                    attempts.Release();
                    return ValueTask.CompletedTask;
                },
            },
            scheduler);
        var reading = messages.ToListAsync().AsTask();
        Assert.True(await attempts.WaitAsync(Times.Patience));
        await RunUntilNextAsync(scheduler, attempts);
        Assert.Equal(TimeSpan.FromHours(1), scheduler.Now - DateTimeOffset.MinValue);
        await RunUntilNextAsync(scheduler, attempts);
        await Assert.ThrowsAsync<WebSocketConnectionException>(() => reading.WaitAsync(Times.Patience));
        Assert.Equal(TimeSpan.FromHours(3), scheduler.Now - DateTimeOffset.MinValue);
    }

    /// <summary>Runs what is scheduled, once the reader has scheduled it.</summary>
    private static async Task RunUntilNextAsync(WaitingTestScheduler scheduler, SemaphoreSlim attempts)
    {
        while (!await attempts.WaitAsync(TimeSpan.FromMilliseconds(1)))
        {
            scheduler.Start();
        }
    }
}
