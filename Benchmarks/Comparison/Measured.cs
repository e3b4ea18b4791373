namespace Rx.Connectors.Benchmarks;

/// <summary>What was measured of a contender, by the names that the JSON has for it.</summary>
internal sealed class Measured : Dictionary<string, double>
{
    /// <summary>CPU time of the whole process, all threads.</summary>
    public const string Cpu = "ns_per_item";

    public const string Bytes = "bytes_per_item";

    public const string Wall = "wall_ns_per_item";

    public static Measured Of(double cpu, double bytes, double wall) => new() { [Cpu] = cpu, [Bytes] = bytes, [Wall] = wall };

    /// <summary>The median of each figure by itself.</summary>
    public static Measured MedianOf(IReadOnlyCollection<Measured> runs)
    {
        var medians = new Measured();
        foreach (var name in runs.SelectMany(run => run.Keys).Distinct())
        {
            medians[name] = Math.Round(Median(runs.Where(run => run.ContainsKey(name)).Select(run => run[name])), 2);
        }

        return medians;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
