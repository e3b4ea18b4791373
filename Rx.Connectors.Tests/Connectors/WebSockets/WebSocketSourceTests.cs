using System.Reactive.Concurrency;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

public sealed class WebSocketSourceTests
{
    [Fact]
    public async Task Source_is_polled_in_batches_until_the_server_closes()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            for (var i = 0; i < 2_500; i++)
            {
                await socket.TextAsync($"{i}", ct);
            }

            await socket.CloseNormallyAsync(ct);
        });
        var source = new WebSocketSource(Reading.To(server.Uri), new BridgeOptions { MaxBatchSize = 100 });
        await using var partition = source.Build("in", 0, 2);
        var (items, error) = await PollAsync(partition);
        Assert.Null(error);
        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"{i}"), items);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Other_workers_read_nothing()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync((socket, _, ct) => socket.CloseNormallyAsync(ct));
        await using var partition = new WebSocketSource(Reading.To(server.Uri)).Build("in", 1, 2);
        var (items, error) = await PollAsync(partition);
        Assert.Null(error);
        Assert.Empty(items);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task S3_items_before_an_error_come_first()
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(1, "one"u8.ToArray()), ct);
            await stream.WriteAsync(RawServer.Frame(1, "tw"u8.ToArray(), final: false), ct);
        });
        await using var partition = new WebSocketSource(Reading.To(server.Uri)).Build("in", 0, 1);
        var (items, error) = await PollAsync(partition);
        Assert.Equal(["one"], items);
        Assert.Equal(WebSocketFailure.ConnectionLost, Assert.IsType<WebSocketConnectionException>(error).Failure);
        Assert.Throws<WebSocketConnectionException>(partition.NextBatch);
    }

    [Fact]
    public async Task S10_disposing_closes_the_connection_with_the_handshake()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.TextAsync("one", ct);
            await socket.ServeUntilClosedAsync(ct);
            closed.SetResult();
        });
        var partition = new WebSocketSource(Reading.To(server.Uri), new() { MaxBatchDelay = TimeSpan.Zero }).Build("in", 0, 1);
        partition.Start(DefaultScheduler.Instance);
        await partition.ReadAsync(1, batch => Assert.Equal(["one"], batch.Select(message => message.Text)));

        await partition.DisposeAsync().AsTask().WaitAsync(Times.Patience);
        await closed.Task.WaitAsync(Times.Patience);
    }

    private static async Task<(List<string> Items, Exception? Error)> PollAsync(SourcePartition<WebSocketMessage> partition)
    {
        var items = new List<string>();
        partition.Start(DefaultScheduler.Instance);
        var error = await Record.ExceptionAsync(() => partition.ReadToEndAsync(batch =>
        {
            Assert.InRange(batch.Count, 1, 100);
            items.AddRange(batch.Select(message => message.Text));
        }));
        return (items, error);
    }
}
