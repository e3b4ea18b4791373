using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

public sealed class WebSocketReaderTests
{
    [Fact]
    public async Task Text_and_binary_come_as_they_were_sent()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("grüße", ct);
            await socket.BytesAsync([0, 255, 1], ct);
            await socket.CloseNormallyAsync(ct);
        });
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri));
        Assert.Null(error);
        Assert.Equal(2, messages.Count);
        Assert.True(messages[0].IsText);
        Assert.Equal("grüße", messages[0].Text);
        Assert.False(messages[1].IsText);
        Assert.Equal([0, 255, 1], messages[1].Data.ToArray());
    }

    [Fact]
    public async Task Message_split_over_frames_is_one_message_also_in_the_middle_of_a_character()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            foreach (var one in Encoding.UTF8.GetBytes("a€b"))
            {
                await socket.BytesAsync([one], ct, end: false, text: true);
            }

            await socket.TextAsync("", ct);
            for (var i = 0; i < 1_000; i++)
            {
                await socket.BytesAsync([(byte)i, (byte)(i >> 8)], ct, end: i == 999);
            }

            await socket.TextAsync("last", ct);
            await socket.CloseNormallyAsync(ct);
        });
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri));
        Assert.Null(error);
        Assert.Equal("a€b", messages[0].Text);
        Assert.Equal(2_000, messages[1].Data.Length);
        Assert.Equal([231, 3], messages[1].Data[^2..].ToArray());
        Assert.Equal("last", messages[2].Text);
    }

    [Fact]
    public async Task Empty_messages_are_messages()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("", ct);
            await socket.BytesAsync([], ct);
            await socket.CloseNormallyAsync(ct);
        });
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri));
        Assert.Null(error);
        Assert.Equal("", messages[0].Text);
        Assert.True(messages[1].Data.IsEmpty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(100_000)]
    public async Task MaxMessageSize_is_allowed_and_one_byte_more_is_refused(int limit)
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync(new string('a', limit), ct);

            // Exactly the limit too, but only an empty frame after it tells.
            await socket.TextAsync(new string('b', limit), ct, end: false);
            await socket.TextAsync("", ct);
            await socket.TextAsync(new string('c', limit + 1), ct);
            await socket.ServeUntilClosedAsync(ct);
        });
        var failure = await Reading.FailureAsync(
            new() { Uri = server.Uri, MaxMessageSize = limit }, new string('a', limit), new string('b', limit));
        Assert.Equal(WebSocketFailure.MessageTooLarge, failure.Failure);
        Assert.False(failure.IsTransient);
        Assert.Contains($"MaxMessageSize, which is {limit} bytes", failure.Message);
    }

    [Fact]
    public async Task Too_large_message_split_over_frames_is_refused_before_it_ends()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("fine", ct);
            while (true)
            {
                // Endless: only a reader that counts while it reads gets out of it.
                await socket.BytesAsync(new byte[1_000], ct, end: false);
            }
        });
        var failure = await Reading.FailureAsync(new() { Uri = server.Uri, MaxMessageSize = 10_000 }, "fine");
        Assert.Equal(WebSocketFailure.MessageTooLarge, failure.Failure);
    }

    [Theory]
    [InlineData(WebSocketCloseStatus.NormalClosure)]
    [InlineData(WebSocketCloseStatus.EndpointUnavailable)]
    public async Task Server_that_closes_well_ends_the_stream_and_gets_its_answer(WebSocketCloseStatus status)
    {
        var answered = new TaskCompletionSource<WebSocketCloseStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("all", ct);
            await socket.CloseAsync(status, null, ct);
            answered.SetResult(socket.CloseStatus);
        });
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri));
        Assert.Null(error);
        Assert.Equal("all", Assert.Single(messages).Text);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await answered.Task.WaitAsync(Times.Patience));
    }

    [Theory]
    [InlineData(1002, false)]
    [InlineData(1008, false)]
    [InlineData(1011, true)]
    [InlineData(4001, false)]
    public async Task Server_that_closes_for_a_reason_is_an_error_that_tells_it(int status, bool transient)
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("one", ct);
            await socket.CloseAsync((WebSocketCloseStatus)status, "because", ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri), "one");
        Assert.Equal(WebSocketFailure.ClosedByServer, failure.Failure);
        Assert.Equal(status, (int)failure.CloseStatus!);
        Assert.Equal(transient, failure.IsTransient);
        Assert.Contains($"status {status}", failure.Message);
        Assert.EndsWith(": because.", failure.Message);
    }

    [Fact]
    public async Task Headers_and_sub_protocol_reach_the_server()
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync(async (context, _, ct) =>
        {
            var asked = context.WebSockets.WebSocketRequestedProtocols;
            using var socket = await context.WebSockets.AcceptWebSocketAsync("v1");
            await socket.TextAsync($"{context.Request.Headers.Authorization} {string.Join(",", asked)}", ct);
            await socket.CloseNormallyAsync(ct);
        });
        var (messages, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer 123" },
            SubProtocols = ["v2", "v1"],
        });
        Assert.Null(error);
        Assert.Equal("Bearer 123 v2,v1", Assert.Single(messages).Text);
    }

    [Fact]
    public async Task Configure_has_the_last_word()
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync(async (context, _, ct) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.TextAsync($"{context.Request.Headers["A"]}", ct);
            await socket.CloseNormallyAsync(ct);
        });
        var (messages, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Headers = new Dictionary<string, string> { ["A"] = "1" },
            Configure = options => options.SetRequestHeader("A", "2"),
        });
        Assert.Null(error);
        Assert.Equal("2", Assert.Single(messages).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("v3")]
    public async Task Wrong_sub_protocol_is_an_error(string? chosen)
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync(async (context, _, ct) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(chosen);
            await socket.TextAsync("never read", ct);
            await socket.ServeUntilClosedAsync(ct);
        });
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            SubProtocols = ["v2", "v1"],
            Reconnect = new(),
        });
        Assert.Equal(WebSocketFailure.SubProtocolRefused, failure.Failure);
        Assert.Contains("(v2, v1)", failure.Message);
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(200, false)]
    public async Task Refused_handshake_tells_the_status(int status, bool transient)
    {
        await using var server = await LoopbackWebSocketServer.StartRawAsync((context, _, ct) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("no", ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(new Uri(server.Uri, "?token=secret")));
        Assert.Equal(WebSocketFailure.HandshakeRefused, failure.Failure);
        Assert.Equal(status, (int)failure.HttpStatus!);
        Assert.Equal(transient, failure.IsTransient);
        Assert.Contains($"status {status}", failure.Message);
        Assert.DoesNotContain("secret", failure.Message);
    }

    [Fact]
    public async Task Reading_twice_connects_twice()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, number, ct) =>
        {
            await socket.TextAsync($"{number}", ct);
            await socket.CloseNormallyAsync(ct);
        });
        var stream = WebSocketReader.Read(Reading.To(server.Uri));
        Assert.Equal(0, server.Requests);
        Assert.Equal("1", (await stream.SingleAsync().AsTask().WaitAsync(Times.Patience)).Text);
        Assert.Equal("2", (await stream.SingleAsync().AsTask().WaitAsync(Times.Patience)).Text);
    }
}
