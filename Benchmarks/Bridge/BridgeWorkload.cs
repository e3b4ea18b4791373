using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// An asynchronous stream of ints that really suspends at one item in 64, through a Select, in batches of a number or 500 ms,
/// polled on one thread. A turn is 500,000 of them, and there are many: the shorter the turns, the closer beside each other the
/// contenders are measured.
/// </summary>
internal static class BridgeWorkload
{
    public const string Floor = "await foreach (floor)";
    private const string Positions = "Rx.Connectors, positions";
    private const string Channel = "Channel";

    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private static readonly Mark _cheapest = Mark.AtMost(
        "CPU, to the best of the peers: at most 1", 1,
        Mark.Ratios(Measured.Cpu, Contender.Ours, Contender.SystemReactive, Contender.R3, Channel, Contender.Akka));

    private static readonly Mark _positions =
        Mark.AtMost("CPU with positions, to without: at most 1.3", 1.3, Mark.Ratio(Measured.Cpu, Positions, Contender.Ours));

    public static Workload Make(int count) => new()
    {
        Name = $"bridge-{count}",
        Items = 500_000,
        Share = 2,
        Contenders =
        [
            Timed(Floor, items => Sum(Ints.Stream(items)).GetAwaiter().GetResult()),
            Timed(Contender.Ours, items => Polling.Sum(
                Bridge.From(Ints.Stream(items)).Query(all => all.Select(i => i + 1)).ToPartition(Options(count)))),
            Timed(Positions, items => Polling.Sum(
                Bridge.From(Ints.Stream(items), i => i).Query(all => all.Select(i => i + 1))
                    .ToPartition(ResumeState<int>.None, Options(count)))),
            Timed(Contender.SystemReactive, items => SystemReactivePeers.Bridge(items, count)),
            Timed(Contender.R3, items => R3Peers.Bridge(items, count)),
            Timed(Channel, items => ChannelPeer.Bridge(items, count)),
            Timed(Contender.Akka, items => AkkaPeers.Bridge(items, count)),
        ],
        Marks =
        [
            AtMostAdded(0.4),
            AtMostAdded(0.25).Pinned,
            _cheapest,
            _cheapest.Pinned,
            Mark.AtMost("bytes per item: at most 6", 6, Mark.Figure(Measured.Bytes, Contender.Ours)),
            _positions,
            _positions.Pinned,
        ],
    };

    private static Mark AtMostAdded(double limit) => Mark.AtMost(
        FormattableString.Invariant($"CPU added to the floor, to System.Reactive's: at most {limit}"), limit,
        Mark.Added(Measured.Cpu, Contender.Ours, Contender.SystemReactive, Floor));

    private static Contender Timed(string name, Func<int, long> run) => Contender.Timed(name, Ints.Checksum, run);

    private static BridgeOptions Options(int count) => new() { MaxBatchSize = count, MaxBatchDelay = Delay };

    private static async Task<long> Sum(IAsyncEnumerable<int> stream)
    {
        var sum = 0L;
        await foreach (var item in stream)
        {
            sum += item + 1;
        }

        return sum;
    }
}
