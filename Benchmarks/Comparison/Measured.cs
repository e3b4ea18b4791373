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
            medians[name] = Median(runs.Where(run => run.ContainsKey(name)).Select(run => run[name]));
        }

        return medians;
    }

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value below which so large a part of them is; between two of them in proportion.</summary>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        var at = part * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>The figures as they are shown.</summary>
    public Measured Rounded()
    {
        var rounded = new Measured();
        foreach (var (name, value) in this)
        {
            rounded[name] = Math.Round(value, 2);
        }

        return rounded;
    }
}
