namespace Rx.Connectors.Benchmarks;

/// <summary>The items of most workloads: 0, 1, 2 and so on, to which one is added on the way.</summary>
internal static class Ints
{
    /// <summary>The sum at the end of the way.</summary>
    public static long Checksum(int items) => items * (items + 1L) / 2;

    /// <summary>An asynchronous stream that really suspends at one item in 64.</summary>
    public static async IAsyncEnumerable<int> Stream(int items)
    {
        for (var i = 0; i < items; i++)
        {
            if (i % 64 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    public static long Sum(IEnumerable<IList<int>> batches)
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
