using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// A hot observable that pushes ints as fast as it can, through a Select, in batches of 100 or 500 ms, polled on one thread. This
/// library blocks the client while its bound is reached; the peers have none.
/// </summary>
internal static class PushWorkload
{
    private const int Count = 100;

    private static readonly Mark _cheap = Mark.AtMost(
        "CPU, to System.Reactive's without a bound: at most 1", 1,
        Mark.Ratio(Measured.Cpu, Contender.Ours, Contender.SystemReactive));

    public static Workload Make() => new()
    {
        Name = "push",
        Items = 500_000,
        Share = 2,
        Contenders =
        [
            Timed(Contender.Ours, items => Ours(items, capacity: null)),
            Timed("Rx.Connectors, capacity 65,536", items => Ours(items, 65_536)),
            Timed(Contender.SystemReactive, items => SystemReactivePeers.Push(items, Count)),
            Timed(Contender.R3, items => R3Peers.Push(items, Count)),
        ],
        Marks =
        [
            Mark.AtMost(
                "time, to System.Reactive's without a bound: at most 1", 1,
                Mark.Ratio(Measured.Wall, Contender.Ours, Contender.SystemReactive)),
            _cheap,
            _cheap.Pinned,
        ],
    };

    private static Contender Timed(string name, Func<int, long> run) => Contender.Timed(name, Ints.Checksum, run);

    private static long Ours(int items, int? capacity)
    {
        using var subject = new Subject<int>();
        var partition = Bridge.From(subject).Query(all => all.Select(i => i + 1)).ToPartition(new BridgeOptions
        {
            MaxBatchSize = Count,
            MaxBatchDelay = BridgeWorkload.Delay,
            Capacity = capacity,
            Overflow = OverflowPolicy.Block,
        });
        // What is pushed before the client is subscribed to is lost, as with every hot observable.
        partition.Start(DefaultScheduler.Instance);
        var pusher = Pusher.Start(items, subject.OnNext, subject.OnCompleted);
        var sum = Polling.Sum(partition);
        pusher.Join();
        return sum;
    }
}
