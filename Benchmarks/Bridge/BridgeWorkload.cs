using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Threading.Channels;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// An asynchronous stream of ints that really suspends at one item in 64, through a Select, in batches of a number or 500 ms,
/// polled on one thread.
/// </summary>
internal static class BridgeWorkload
{
    private const int Items = 4_000_000;
    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<Workload> All => [Make(100), Make(1_000)];

    private static Workload Make(int count) => new(
        $"bridge-{count}",
        Items,
        Enumerable.Range(0, Items).Sum(i => i + 1L),
        [
            new("await foreach (the floor)", () => Floor().GetAwaiter().GetResult()),
            new("Rx.Connectors", () => Poll(Bridge.From(Stream()).Query(items => items.Select(i => i + 1)).ToPartition(Options(count)))),
            new("Rx.Connectors, positions", () => Poll(
                Bridge.From(Stream(), i => i).Query(items => items.Select(i => i + 1))
                    .ToPartition(ResumeState<QueryPosition<int>>.None, Options(count)))),
            new("System.Reactive", () => SystemReactive(count)),
            new("Channel, by hand", () => ByHand(count)),
        ]);

    private static BridgeOptions Options(int count) => new() { MaxCount = count, MaxDelay = _delay };

    private static async IAsyncEnumerable<int> Stream()
    {
        for (var i = 0; i < Items; i++)
        {
            if (i % 64 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    private static async Task<long> Floor()
    {
        var sum = 0L;
        await foreach (var item in Stream().ConfigureAwait(false))
        {
            sum += item + 1;
        }

        return sum;
    }

    private static long Poll(SourcePartition<int> partition)
    {
        using var signal = new AutoResetEvent(false);
        using var subscription = partition.Available?.Subscribe(_ => signal.Set());
        using (partition)
        {
            var sum = 0L;
            while (partition.NextBatch() is { } batch)
            {
                if (batch.Count == 0)
                {
                    var wait = partition.NextAwake - DateTimeOffset.UtcNow;
                    signal.WaitOne(wait is null ? -1 : Math.Max(0, (int)wait.Value.TotalMilliseconds));
                    continue;
                }

                for (var i = 0; i < batch.Count; i++)
                {
                    sum += batch[i];
                }
            }

            return sum;
        }
    }

    private static long SystemReactive(int count)
    {
        using var queue = new BlockingCollection<IList<int>>();
        using var subscription = Stream().ToObservable().Select(i => i + 1).Buffer(_delay, count)
            .Subscribe(queue.Add, queue.CompleteAdding);
        return Sum(queue.GetConsumingEnumerable());
    }

    private static long ByHand(int count)
    {
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1_024) { SingleReader = true, SingleWriter = true });
        using var queue = new BlockingCollection<IList<int>>(16);
        var write = Task.Run(async () =>
        {
            await foreach (var item in Stream().ConfigureAwait(false))
            {
                await channel.Writer.WriteAsync(item + 1).ConfigureAwait(false);
            }

            channel.Writer.Complete();
        });
        var gather = Task.Run(async () =>
        {
            var batch = new List<int>(count);
            while (await channel.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (batch.Count < count && channel.Reader.TryRead(out var item))
                {
                    batch.Add(item);
                }

                if (batch.Count == count)
                {
                    queue.Add(batch);
                    batch = new List<int>(count);
                }
            }

            queue.Add(batch);
            queue.CompleteAdding();
        });
        var sum = Sum(queue.GetConsumingEnumerable());
        Task.WaitAll(write, gather);
        return sum;
    }

    private static long Sum(IEnumerable<IList<int>> batches)
    {
        var sum = 0L;
        foreach (var batch in batches)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                sum += batch[i];
            }
        }

        return sum;
    }
}
