using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Reactive.Concurrency;
using Rx.Connectors.Sinks;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

public sealed class WebSocketSinkTests
{
    [Fact]
    public async Task K1_K2_every_message_of_every_batch_arrives_in_order()
    {
        var received = new ConcurrentQueue<string>();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            while (await socket.ReceiveMessageAsync(ct) is { } message)
            {
                received.Enqueue(message.Text);
            }

            closed.SetResult();
        });
        var partition = new WebSocketSink(Reading.To(server.Uri)).Build("out", 0, 1);
        await Task.Run(() =>
        {
            partition.Start(DefaultScheduler.Instance);
            foreach (var batch in Messages(1_000).Chunk(64))
            {
                partition.WriteBatch(batch);
            }
        }).WaitAsync(Times.Patience);
        await partition.DisposeAsync().AsTask().WaitAsync(Times.Patience);
        await closed.Task.WaitAsync(Times.Patience);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), received);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Every_worker_has_a_connection_and_opens_it_at_its_first_item()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync((socket, _, ct) => socket.ServeUntilClosedAsync(ct));
        var sink = new WebSocketSink(Reading.To(server.Uri));
        await using var first = sink.Build("out", 0, 2);
        await using var second = sink.Build("out", 1, 2);
        first.Start(DefaultScheduler.Instance);
        second.Start(DefaultScheduler.Instance);
        Assert.Equal(0, server.Requests);
        first.WriteBatch(Messages(1));
        Assert.Equal(1, server.Requests);
        second.WriteBatch(Messages(1));
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task K3_server_gone_says_what_was_not_written()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.ReceiveMessageAsync(ct);
            await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, "full", ct);
        });
        await using var partition = new WebSocketSink(Reading.To(server.Uri)).Build("out", 0, 1);
        var failure = await Task.Run(() => WriteUntilFailure(partition, Messages(100))).WaitAsync(Times.Patience);
        var failed = Assert.Single(failure.Failed);
        Assert.Equal(failed.Index, failure.Confirmed.Count);
        Assert.Equal(99 - failed.Index, failure.NotTried.Count);
        var inner = Assert.IsType<WebSocketConnectionException>(failure.InnerException);
        Assert.Equal(WebSocketCloseStatus.InternalServerError, inner.CloseStatus);
    }

    [Fact]
    public async Task Disposing_closes_with_the_handshake_and_refuses_what_comes_after()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            await socket.ServeUntilClosedAsync(ct);
            closed.SetResult();
        });
        var partition = new WebSocketSink(Reading.To(server.Uri)).Build("out", 0, 1);
        partition.WriteBatch(Messages(1));
        partition.Dispose();
        partition.Dispose();
        await closed.Task.WaitAsync(Times.Patience);
        Assert.Throws<ObjectDisposedException>(() => partition.WriteBatch(Messages(1)));
    }

    [Fact]
    public void Write_options_are_refused_by_name()
    {
        var refused = Assert.ThrowsAny<ArgumentException>(
            () => new WebSocketSink(Reading.To(new Uri("ws://127.0.0.1/")), new() { MaxRetryAttempts = -1 }));
        Assert.Equal("options.MaxRetryAttempts", refused.ParamName);
    }

    private static WebSocketMessage[] Messages(int count) =>
        [.. Enumerable.Range(0, count).Select(i => WebSocketMessage.FromText($"{i}"))];

    /// <summary>What the operating system took counts as written, so only a later batch can tell that the server is gone.</summary>
    private static SinkWriteException WriteUntilFailure(SinkPartition<WebSocketMessage> partition, WebSocketMessage[] batch)
    {
        while (true)
        {
            try
            {
                partition.WriteBatch(batch);
            }
            catch (SinkWriteException failure)
            {
                return failure;
            }
        }
    }
}
