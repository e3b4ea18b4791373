namespace Rx.Connectors.Flows;

/// <summary>Gives each partition to one of the workers that list it (P9).</summary>
internal static class Primaries
{
    /// <summary>The partitions with the fewest holders choose first, each the least-loaded holder, the lowest index on ties.</summary>
    /// <param name="keys">The keys of all workers, each once, in their order.</param>
    /// <param name="listed">What each worker lists.</param>
    /// <param name="load">How many partitions each worker has already; is added to.</param>
    /// <returns>The worker of each key.</returns>
    public static int[] Assign(IReadOnlyList<string> keys, IReadOnlyList<IReadOnlySet<string>> listed, int[] load)
    {
        var owners = new int[keys.Count];
        var holders = keys.Select(key => Enumerable.Range(0, listed.Count).Where(worker => listed[worker].Contains(key)).ToArray())
            .ToArray();
        foreach (var i in Enumerable.Range(0, keys.Count).OrderBy(i => holders[i].Length))
        {
            owners[i] = holders[i].MinBy(worker => load[worker]);
            load[owners[i]]++;
        }

        return owners;
    }
}
