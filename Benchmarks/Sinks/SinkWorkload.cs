using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Rx.Connectors.Bridging;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// 100,000 writes of an item each. This library is handed them in batches of 1,000, as by a flow whose source gives such batches,
/// and waits for all of a batch; the others are handed them one after the other.
/// </summary>
internal static class SinkWorkload
{
    private const string Loop = "await (floor)";
    private const int Batch = 1_000;

    public static Workload Make(int concurrency, bool yields) => new()
    {
        Name = $"sink-{(yields ? "yield" : "sync")}-{concurrency}",
        Items = 100_000,
        WarmUp = 30_000,
        Contenders =
        [
            Timed(Loop, items => Await(items, new Writes(yields)).GetAwaiter().GetResult()),
            Timed(Contender.Ours, items => Ours(items, concurrency, new Writes(yields))),
            Timed("Parallel.ForEachAsync", items => Parallel(items, concurrency, new Writes(yields)).GetAwaiter().GetResult()),
            Timed(Contender.SystemReactive, items => Merge(items, concurrency, new Writes(yields)).GetAwaiter().GetResult()),
            Timed(Contender.Akka, items => AkkaPeers.Write(items, concurrency, new Writes(yields))),
        ],
        Marks =
        [
            concurrency == 1
                ? Mark.AtMost("CPU, to the plain loop: at most 1.2", 1.2, Mark.Ratio(Measured.Cpu, Contender.Ours, Loop))
                : Mark.AtMost(
                    "CPU, to the best of the peers: at most 1", 1,
                    Mark.Ratios(Measured.Cpu, Contender.Ours, "Parallel.ForEachAsync", Contender.SystemReactive, Contender.Akka)),
        ],
    };

    private static Contender Timed(string name, Func<int, long> run) => Contender.Timed(name, Ints.Checksum, run);

    // On the thread pool, where the continuations of a real write come, too.
    private static Task<long> Await(int items, Writes writes) => Task.Run(async () =>
    {
        var write = writes.Write;
        for (var i = 0; i < items; i++)
        {
            await write(i, CancellationToken.None);
        }

        return writes.Sum;
    });

    private static long Ours(int items, int concurrency, Writes writes)
    {
        using var partition = Bridge.To(writes.Write).ToPartition(new WriteOptions { MaxConcurrency = concurrency });
        var batch = new int[Batch];
        for (var i = 0; i < items; i += Batch)
        {
            for (var j = 0; j < Batch; j++)
            {
                batch[j] = i + j;
            }

            partition.WriteBatch(batch);
        }

        return writes.Sum;
    }

    private static async Task<long> Parallel(int items, int concurrency, Writes writes)
    {
        var write = writes.Write;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, items), new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            (item, cancellation) => new ValueTask(write(item, cancellation)));
        return writes.Sum;
    }

    private static async Task<long> Merge(int items, int concurrency, Writes writes)
    {
        var write = writes.Write;
        await Enumerable.Range(0, items).ToObservable()
            .Select(item => Observable.FromAsync(cancellation => write(item, cancellation)))
            .Merge(concurrency)
            .LastAsync().ToTask();
        return writes.Sum;
    }
}
