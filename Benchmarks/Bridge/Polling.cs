using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// A host that polls a partition on one thread and sleeps while nothing is ready, on what a BlockingCollection sleeps on, too.
/// </summary>
internal static class Polling
{
    public static long Sum(SourcePartition<int> partition)
    {
        using var signal = new SemaphoreSlim(0);
        using var subscription = partition.Available?.Subscribe(_ => Signal(signal));
        using (partition)
        {
            var sum = 0L;
            while (partition.NextBatch() is { } batch)
            {
                for (var i = 0; i < batch.Count; i++)
                {
                    sum += batch[i];
                }

                if (batch.Count == 0)
                {
                    Wait(signal, partition.NextAwake);
                }
            }

            return sum;
        }
    }

    // Signals are not counted: one poll finds whatever they told of. The barrier keeps the items before the look at the count.
    private static void Signal(SemaphoreSlim signal)
    {
        Interlocked.MemoryBarrier();
        if (signal.CurrentCount == 0)
        {
            signal.Release();
        }
    }

    private static void Wait(SemaphoreSlim signal, DateTimeOffset? awake)
    {
        var wait = awake is { } at ? (int)Math.Ceiling(Math.Max(0, (at - DateTimeOffset.UtcNow).TotalMilliseconds)) : Timeout.Infinite;
        signal.Wait(wait);
        Interlocked.MemoryBarrier();
    }
}
