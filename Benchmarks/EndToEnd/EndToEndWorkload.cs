using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The whole way: the asynchronous stream of the workload bridge, through a Where that keeps three items in four and a Select, in
/// batches of 100 or 500 ms, into a sink that awaits for each batch. What is counted is an item of the client. The floor has no
/// time span and gathers nothing while it writes.
/// </summary>
internal static class EndToEndWorkload
{
    public const int Count = 100;
    private const string Floor = "await foreach (floor)";
    private const string Channel = "Channel";

    private static readonly Mark _cheapest = Mark.AtMost(
        "CPU, to the best of the peers: at most 1", 1,
        Mark.Ratios(Measured.Cpu, Contender.Ours, Contender.SystemReactive, Channel, Contender.Akka));

    public static Workload Make() => new()
    {
        Name = "end-to-end",
        Items = 500_000,
        Share = 2,
        Contenders =
        [
            Timed(Floor, (items, writes) => Loop(Ints.Stream(items), writes)),
            Timed(Contender.Ours, Ours),
            Timed(Contender.SystemReactive, SystemReactivePeers.EndToEnd),
            Timed(Channel, ChannelPeer.EndToEnd),
            Timed(Contender.Akka, AkkaPeers.EndToEnd),
        ],
        Marks =
        [
            _cheapest,
            _cheapest.Pinned,
            Mark.AtMost("CPU, to the floor: at most 1.4", 1.4, Mark.Ratio(Measured.Cpu, Contender.Ours, Floor)).Pinned,
        ],
    };

    public static bool IsKept(int item) => (item & 3) != 0;

    private static Contender Timed(string name, Func<int, BatchWrites, Task> run) => Contender.Timed(name, Checksum, items =>
    {
        var writes = new BatchWrites();
        run(items, writes).GetAwaiter().GetResult();
        return writes.Sum;
    });

    private static long Checksum(int items) => Enumerable.Range(0, items).Where(IsKept).Sum(i => i + 1L);

    private static Task Ours(int items, BatchWrites writes)
    {
        var flow = new Dataflow("end-to-end");
        flow.Input("client", Bridge.From(Ints.Stream(items)).Query(all => all.Where(IsKept).Select(i => i + 1))
                .ToSource(new BridgeOptions { MaxBatchSize = Count, MaxBatchDelay = BridgeWorkload.Delay }))
            .Output("writes", Bridge.ToBatches<int>(writes.WriteAsync).ToSink());
        return flow.RunAsync();
    }

    private static async Task Loop(IAsyncEnumerable<int> stream, BatchWrites writes)
    {
        var batch = new List<int>(Count);
        await foreach (var item in stream)
        {
            if (!IsKept(item))
            {
                continue;
            }

            batch.Add(item + 1);
            if (batch.Count == Count)
            {
                await writes.WriteAsync(batch, CancellationToken.None);
                batch.Clear();
            }
        }

        await writes.WriteAsync(batch, CancellationToken.None);
    }
}
