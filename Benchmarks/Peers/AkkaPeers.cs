using System.Collections.Concurrent;
using Akka.Streams.Dsl;

namespace Rx.Connectors.Benchmarks;

/// <summary>What is written with Akka.Streams: its groups into a queue of which the polling thread takes.</summary>
internal static class AkkaPeers
{
    public static long Bridge(int items, int count)
    {
        using var queue = new BlockingCollection<IEnumerable<int>>(16);
        var run = Source.From(() => Ints.Stream(items))
            .Select(i => i + 1)
            .GroupedWithin(count, BridgeWorkload.Delay)
            .RunForeach(queue.Add, AkkaHost.Materializer);
        _ = run.ContinueWith(_ => queue.CompleteAdding(), TaskScheduler.Default);
        var sum = 0L;
        foreach (var batch in queue.GetConsumingEnumerable())
        {
            foreach (var item in batch)
            {
                sum += item;
            }
        }

        run.GetAwaiter().GetResult();
        return sum;
    }

    public static Task EndToEnd(int items, BatchWrites writes) => Source.From(() => Ints.Stream(items))
        .Where(EndToEndWorkload.IsKept)
        .Select(i => i + 1)
        .GroupedWithin(EndToEndWorkload.Count, BridgeWorkload.Delay)
        .SelectAsync(1, async batch =>
        {
            await writes.WriteAsync(batch as IReadOnlyList<int> ?? [.. batch], CancellationToken.None);
            return batch;
        })
        .RunWith(Sink.Ignore<IEnumerable<int>>(), AkkaHost.Materializer);

    /// <summary>Writes of which so many are in flight.</summary>
    public static long Write(int items, int concurrency, Writes writes)
    {
        Source.From(Enumerable.Range(0, items))
            .SelectAsync(concurrency, async item =>
            {
                await writes.Write(item, CancellationToken.None);
                return item;
            })
            .RunWith(Sink.Ignore<int>(), AkkaHost.Materializer).GetAwaiter().GetResult();
        return writes.Sum;
    }

    public static long Flow(int items)
    {
        var sum = 0L;
        Source.From(Enumerable.Range(0, items)).Select(i => i + 1)
            .RunForeach(i => sum += i, AkkaHost.Materializer).GetAwaiter().GetResult();
        return sum;
    }

    public static long Aggregate(int items) =>
        Source.From(Enumerable.Range(0, items)).Select(i => i + 1)
            .RunAggregate(0L, static (sum, i) => sum + i, AkkaHost.Materializer).GetAwaiter().GetResult();
}
