using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sinks;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.WebSockets;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>WebSockets on the real clock, against a server of this process.</summary>
[Trait("speed", "slow")]
public sealed class WebSocketConformanceTests
{
    [Fact]
    public async Task A_source()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            for (var i = 0; i < 50; i++)
            {
                await socket.TextAsync($"{i}", ct);
            }

            await socket.CloseNormallyAsync(ct);
        });
        var bridge = new BridgeOptions { MaxBatchSize = 10, MaxBatchDelay = TimeSpan.FromMilliseconds(20) };
        var report = await Task.Run(() => SourceConformance.Of<WebSocketMessage>(
            _ => new WebSocketSource(Reading.To(server.Uri), bridge).Build("in", 0, 1),
            new()
            {
                OnRealClock = true,
                MaxBatchSize = 10,
                Key = message => message.Text,
                Expected = [.. Enumerable.Range(0, 50).Select(i => WebSocketMessage.FromText($"{i}"))],
            }));
        RepositorySourceTests.AssertHolds(report, "S3", "S5", "S6", "S9", "S11", "S13");
    }

    [Fact]
    public async Task A_sink()
    {
        var received = new ConcurrentQueue<string>();
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            while (await socket.ReceiveMessageAsync(ct) is { } message)
            {
                received.Enqueue(message.Text);
            }
        });
        var sent = 0;
        var confirmed = 0;
        var report = await Task.Run(() => SinkConformance.Of(
            number => $"{Interlocked.Increment(ref sent) - 1}",
            _ => new TextSink(new WebSocketSink(Reading.To(server.Uri)).Build("out", 0, 1), count => Interlocked.Add(ref confirmed, count)),
            () => Arrived(received, Volatile.Read(ref confirmed)),
            new() { OnRealClock = true }));
        RepositorySourceTests.AssertHolds(report, "K3", "K4", "K5", "K6", "K7");
    }

    // A send is confirmed when the operating system has taken it; what the server has, it has a little later. What was not confirmed
    // may come, too.
    private static string[] Arrived(ConcurrentQueue<string> received, int confirmed)
    {
        SpinWait.SpinUntil(() => received.Count >= confirmed, Times.Patience);
        for (var count = -1; count != received.Count;)
        {
            count = received.Count;
            Thread.Sleep(30);
        }

        return [.. received];
    }

    private sealed class TextSink(StatelessSinkPartition<WebSocketMessage> inner, Action<int> confirmed) : StatelessSinkPartition<string>
    {
        public override void Start(IScheduler scheduler) => inner.Start(scheduler);

        public override void WriteBatch(IReadOnlyList<string> items)
        {
            inner.WriteBatch([.. items.Select(WebSocketMessage.FromText)]);
            confirmed(items.Count);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
