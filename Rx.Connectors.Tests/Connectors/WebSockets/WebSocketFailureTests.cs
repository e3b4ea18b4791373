using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>Servers that misbehave.</summary>
public sealed class WebSocketFailureTests
{
    private const int Text = 1;
    private const int Close = 8;

    [Fact]
    public async Task Server_gone_in_mid_message_is_an_error_after_the_messages_before()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);
            await stream.WriteAsync(RawServer.Frame(Text, "tw"u8.ToArray(), final: false), ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri), "one");
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
        Assert.True(failure.IsTransient);
        Assert.IsType<WebSocketException>(failure.InnerException);
    }

    [Fact]
    public async Task Server_gone_in_mid_frame_is_an_error_after_the_messages_before()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);
            await stream.WriteAsync(new byte[] { 0x81, 100, (byte)'t' }, ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri), "one");
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
    }

    [Fact]
    public async Task Aborting_server_is_an_error()
    {
        var wasRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("one", ct);
            await socket.TextAsync("tw", ct, end: false);

            // A reset may overtake what was sent before it.
            await wasRead.Task.WaitAsync(ct);
            socket.Abort();
        });
        await using var messages = WebSocketReader.Read(Reading.To(server.Uri)).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        Assert.Equal("one", messages.Current.Text);
        wasRead.SetResult();
        var failure = await Assert.ThrowsAsync<WebSocketConnectionException>(
            () => messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
        Assert.False(await messages.MoveNextAsync());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    public async Task Close_in_mid_message_is_an_error_however_polite(int status)
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);
            await stream.WriteAsync(RawServer.Frame(Text, [], final: false), ct);
            await CloseAsync(stream, status, ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri), "one");
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
        Assert.Equal(status, (int)failure.CloseStatus!);
        Assert.EndsWith("in the middle of a message.", failure.Message);
    }

    [Fact]
    public async Task Close_without_a_status_ends_the_stream()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);
            await stream.WriteAsync(RawServer.Frame(Close, []), ct);
            await RawServer.ReadSomeAsync(stream, ct);
        });
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri));
        Assert.Null(error);
        Assert.Single(messages);
    }

    [Theory]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1014)]
    public async Task Close_for_a_restart_is_worth_a_new_attempt(int status)
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await CloseAsync(stream, status, ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri));
        Assert.True(failure.IsTransient, failure.ToString());
    }

    [Fact]
    public async Task Text_that_is_not_utf8_violates_the_protocol()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);
            await stream.WriteAsync(RawServer.Frame(Text, [0xC3, 0x28]), ct);
            await RawServer.ReadSomeAsync(stream, ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri), "one");
        Assert.Equal(WebSocketFailure.ProtocolViolated, failure.Failure);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task Frame_that_lies_about_its_length_takes_no_memory()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(new byte[] { 0x82, 127, 0, 0, 0, 0, 0x7F, 0, 0, 0, 1, 2, 3 }, ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri));
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
    }

    [Fact]
    public async Task Half_open_server_is_noticed_by_the_missing_pong()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);

            // There, but deaf: it reads no ping and sends no pong.
            await Task.Delay(Timeout.Infinite, ct);
        });
        var failure = await Reading.FailureAsync(
            new()
            {
                Uri = server.Uri,
                KeepAliveInterval = TimeSpan.FromMilliseconds(100),
                KeepAliveTimeout = TimeSpan.FromMilliseconds(100),
            },
            "one");
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
    }

    [Fact]
    public async Task Half_open_server_is_told_from_a_bad_one_also_after_a_pause()
    {
        var dropped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(Text, "one"u8.ToArray()), ct);
            try
            {
                // Reads the pings and answers none, until the client has dropped the connection.
                await stream.CopyToAsync(Stream.Null, ct);
            }
            finally
            {
                dropped.SetResult();
            }
        });
        var options = new WebSocketConnectionOptions
        {
            Uri = server.Uri,
            KeepAliveInterval = TimeSpan.FromMilliseconds(100),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(100),
        };
        await using var messages = WebSocketReader.Read(options).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        await dropped.Task.WaitAsync(Times.Patience);
        var failure = await Assert.ThrowsAsync<WebSocketConnectionException>(
            () => messages.MoveNextAsync().AsTask().WaitAsync(Times.Patience));
        Assert.Equal(WebSocketFailure.ConnectionLost, failure.Failure);
    }

    [Fact]
    public async Task Nobody_listening_is_refused()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var uri = new Uri($"ws://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}/");
        var failure = await Reading.FailureAsync(Reading.To(uri));
        Assert.Equal(WebSocketFailure.ConnectFailed, failure.Failure);
        Assert.True(failure.IsTransient);
        Assert.Contains("refused", failure.Message);
    }

    [Fact]
    public async Task Server_that_speaks_no_http_is_refused()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.ReadRequestAsync(stream, ct);
            await RawServer.WriteAsync(stream, "220 mail.example ESMTP\r\n\r\n", ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri));
        Assert.Equal(WebSocketFailure.HandshakeRefused, failure.Failure);
        Assert.Null(failure.HttpStatus);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task Handshake_without_the_right_key_is_refused()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.ReadRequestAsync(stream, ct);
            await RawServer.WriteAsync(
                stream,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
                ct);
        });
        var failure = await Reading.FailureAsync(Reading.To(server.Uri));
        Assert.Equal(WebSocketFailure.HandshakeRefused, failure.Failure);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task Silent_server_times_out()
    {
        await using var server = new RawServer((_, _, ct) => Task.Delay(Timeout.Infinite, ct));
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            ConnectTimeout = TimeSpan.FromMilliseconds(50),
        });
        Assert.Equal(WebSocketFailure.ConnectTimedOut, failure.Failure);
        Assert.True(failure.IsTransient);
        Assert.Contains("within 00:00:00.0500000", failure.Message);
    }

    private static Task CloseAsync(NetworkStream stream, int status, CancellationToken cancellationToken)
    {
        var payload = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        return stream.WriteAsync(RawServer.Frame(Close, payload), cancellationToken).AsTask();
    }
}
