using System.Net.WebSockets;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>Frames that no server may send: an error at once, however little of them has come, and after what came before (S3).</summary>
[Trait("speed", "slow")]
public sealed class WebSocketFrameTests
{
    private static readonly Dictionary<string, byte[]> _bad = new()
    {
        ["length 2^62"] = [0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0],
        ["length 2^62 and some of it"] = [0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
        ["length 2^63"] = [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ["length 2^64 - 1"] = [0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255],
        ["length 2^31"] = [0x81, 127, 0, 0, 0, 0, 0x80, 0, 0, 0],
        ["length 2^32"] = [0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0],
        ["length 2^62 of a part"] = [0x02, 127, 0x40, 0, 0, 0, 0, 0, 0, 0],
        ["length 2^62 of a rest"] = [0x02, 1, 7, 0x80, 127, 0x40, 0, 0, 0, 0, 0, 0, 0],
        ["ping of 126 bytes"] = [0x89, 126],
        ["ping of 2^62 bytes"] = [0x89, 127],
        ["pong of 126 bytes"] = [0x8A, 126],
        ["close of 126 bytes"] = [0x88, 126],
        ["ping in parts"] = [0x09, 0],
        ["close in parts"] = [0x08, 2],
        ["masked"] = [0x81, 0x85],
        ["reserved bit 1"] = [0xC1, 1],
        ["reserved bit 2"] = [0xA1, 1],
        ["reserved bit 3"] = [0x91, 1],
        ["opcode 3"] = [0x83, 0],
        ["opcode 11"] = [0x8B, 0],
        ["rest of nothing"] = [0x80, 1, 7],
        ["message in a message"] = [0x01, 1, 65, 0x81, 1, 65],
        ["text that is no UTF-8"] = [0x81, 2, 0xC3, 0x28],
        ["close 1000 with a reason that is no UTF-8"] = [0x88, 4, 3, 0xE8, 0xC3, 0x28],
        ["close 1011 with a reason that is no UTF-8"] = [0x88, 3, 3, 0xF3, 0xFF],
        ["close of one byte"] = [0x88, 1, 3],
        ["close 999"] = [0x88, 2, 3, 0xE7],
        ["close 1005"] = [0x88, 2, 3, 0xED],
        ["close 1006"] = [0x88, 2, 3, 0xEE],
        ["close 5000"] = [0x88, 2, 0x13, 0x88],
    };

    public static TheoryData<string> BadFrames => [.. _bad.Keys];

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task S3_A_bad_frame_violates_the_protocol(string bad)
    {
        foreach (var together in new[] { true, false })
        {
            await using var server = Sending([.. RawServer.Frame(1, "one"u8.ToArray()), .. _bad[bad]], together);
            var failure = await Reading.FailureAsync(Reading.To(server.Uri), "one");
            Assert.Equal(WebSocketFailure.ProtocolViolated, failure.Failure);
            Assert.False(failure.IsTransient);
        }
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task A_bad_frame_violates_the_protocol_for_a_sender_too(string bad)
    {
        await using var server = Sending(_bad[bad], together: true);
        await using var sender = new WebSocketSender(Reading.To(server.Uri));
        var failure = await Assert.ThrowsAsync<WebSocketConnectionException>(async () =>
        {
            while (true)
            {
                await sender.SendAsync(WebSocketMessage.FromText("one"));
                await Task.Delay(1);
            }
        }).WaitAsync(Infrastructure.Times.Patience);
        Assert.Equal(WebSocketFailure.ProtocolViolated, failure.Failure);
    }

    [Fact]
    public async Task Compressed_text_that_is_no_deflate_violates_the_protocol()
    {
        await using var server = Sending(
            [0xC1, 3, 0xFF, 0xFF, 0xFF], together: true, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            Configure = options => options.DangerousDeflateOptions = new WebSocketDeflateOptions(),
        });
        Assert.True(failure.Failure == WebSocketFailure.ProtocolViolated, failure.ToString());
    }

    [Fact]
    public async Task Frames_of_all_lengths_come_through_however_they_are_cut()
    {
        int[] lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 100_000];
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            foreach (var length in lengths)
            {
                await socket.BytesAsync(new byte[length / 2], ct, end: false);
                await socket.BytesAsync(new byte[length - (length / 2)], ct);
            }

            await socket.CloseNormallyAsync(ct);
        });
        var (messages, error) = await Reading.AllAsync(Reading.To(server.Uri));
        Assert.Null(error);
        Assert.Equal(lengths, messages.Select(message => message.Data.Length));
    }

    private static RawServer Sending(
        byte[] bytes, bool together, string headers = "Upgrade: websocket\r\nConnection: Upgrade\r\n") => new(async (stream, _, ct) =>
    {
        await RawServer.HandshakeAsync(stream, ct, headers);
        for (var i = 0; i < bytes.Length; i += together ? bytes.Length : 1)
        {
            await stream.WriteAsync(bytes.AsMemory(i, together ? bytes.Length : 1), ct);
        }

        // It stays, and says no more.
        await Task.Delay(Timeout.Infinite, ct);
    });
}
