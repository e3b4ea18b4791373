using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Text.Json;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Docs;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>The documentation's own source with positions, and whole flows, over a server that breaks off all the time.</summary>
[Trait("speed", "slow")]
public sealed class WebSocketResumeTests
{
    private const int Count = 30;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(23)]
    [InlineData(Count)]
    public async Task S5_resumes_exactly_after_broken_connections_and_after_a_restart(int cut)
    {
        await using var server = new RawServer(ServeAsync);
        var source = new TradeSource(server.Uri, new BridgeOptions { MaxBatchSize = 1 }, "EURUSD");
        var before = new List<long>();
        ResumeState<long> state;
        await using (var partition = source.BuildPartition("in", "EURUSD", ResumeState<long>.None))
        {
            partition.Start(DefaultScheduler.Instance);
            await partition.ReadAsync(cut, batch => before.AddRange(batch.Select(trade => trade.Number)));
            state = partition.Snapshot();
        }

        Assert.Equal(cut, before.Count);
        Assert.Equal(cut == 0 ? ResumeState<long>.None : cut, state);
        var after = new List<long>();
        await using (var partition = source.BuildPartition("in", "EURUSD", state))
        {
            partition.Start(DefaultScheduler.Instance);
            await partition.ReadToEndAsync(batch => after.AddRange(batch.Select(trade => trade.Number)));
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), before.Concat(after));
    }

    [Fact]
    public async Task Whole_flow_reads_from_one_server_and_writes_to_another()
    {
        await using var reading = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                await socket.TextAsync($"{i}", ct);
            }

            await socket.CloseNormallyAsync(ct);
        });
        var written = new TaskCompletionSource<List<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var writing = await LoopbackWebSocketServer.StartAsync(async (socket, _, ct) =>
        {
            var texts = new List<string>();
            while (await socket.ReceiveMessageAsync(ct) is { } message)
            {
                texts.Add(message.Text);
            }

            written.SetResult(texts);
        });
        var flow = new Dataflow("copy");
        flow.Input("in", new WebSocketSource(Reading.To(reading.Uri), new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }))
            .Output("out", new WebSocketSink(Reading.To(writing.Uri)));
        await flow.RunAsync().WaitAsync(Times.Patience);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), await written.Task.WaitAsync(Times.Patience));
    }

    /// <summary>Sends seven trades from where it is asked to, and breaks off in the middle of the next.</summary>
    private static async Task ServeAsync(NetworkStream stream, int number, CancellationToken ct)
    {
        var request = await RawServer.HandshakeAsync(stream, ct);
        var from = int.Parse(request.Split("from=")[1].Split(' ')[0]);
        var end = Math.Min(from + 7, Count);
        for (var i = from; i < end; i++)
        {
            await stream.WriteAsync(RawServer.Frame(1, JsonSerializer.SerializeToUtf8Bytes(new Trade("EURUSD", 1.1m, i))), ct);
        }

        await stream.WriteAsync(end < Count ? RawServer.Frame(1, "{"u8.ToArray(), final: false) : RawServer.Frame(8, []), ct);
        if (end == Count)
        {
            await RawServer.ReadSomeAsync(stream, ct);
        }
    }
}
