namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>How long items took, by partition. One thread records; read it when that thread is done.</summary>
internal sealed class Latencies
{
    private readonly Dictionary<string, List<TimeSpan>> _byPartition = [];

    public void Record(string partition, TimeSpan latency)
    {
        if (!_byPartition.TryGetValue(partition, out var latencies))
        {
            _byPartition[partition] = latencies = [];
        }

        latencies.Add(latency);
    }

    /// <summary>The latency that a share of the items did not exceed, in one partition or in all (null).</summary>
    /// <returns>Null if there were no items.</returns>
    public TimeSpan? Percentile(string? partition, double share)
    {
        TimeSpan[] sorted = partition is null
            ? [.. _byPartition.Values.SelectMany(latencies => latencies)]
            : [.. _byPartition.GetValueOrDefault(partition, [])];
        Array.Sort(sorted);
        return sorted.Length == 0 ? null : sorted[Math.Max((int)Math.Ceiling(share * sorted.Length) - 1, 0)];
    }
}
