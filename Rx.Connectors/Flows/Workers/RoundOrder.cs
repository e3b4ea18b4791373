using Rx.Connectors.Sinks;

namespace Rx.Connectors.Flows;

/// <summary>The order in which a worker polls: step after step, and the partitions of a step in the order of their keys (P3).</summary>
internal static class RoundOrder
{
    /// <summary>Puts in all that come together, at the cost of one pass.</summary>
    public static SourceRunner[] Insert(SourceRunner[] runners, IEnumerable<SourceRunner> coming)
    {
        var all = runners.ToList();
        foreach (var step in coming.GroupBy(static one => one.StepId, StringComparer.Ordinal))
        {
            var here = all.FindAll(one => one.StepId == step.Key);
            var at = here.Count > 0 ? all.IndexOf(here[0]) : all.Count;
            all.RemoveRange(at, here.Count);
            all.InsertRange(at, Merge(here, [.. step.Order(Comparer<SourceRunner>.Create(Compare))]));
        }

        for (var i = 0; i < all.Count; i++)
        {
            all[i].Order = i;
        }

        return [.. all];
    }

    private static List<SourceRunner> Merge(List<SourceRunner> here, List<SourceRunner> coming)
    {
        var merged = new List<SourceRunner>(here.Count + coming.Count);
        var next = 0;
        foreach (var runner in coming)
        {
            for (; next < here.Count && Compare(here[next], runner) < 0; next++)
            {
                merged.Add(here[next]);
            }

            // One that was here before goes on in its place, and with its counts.
            if (next < here.Count && here[next].Partition == runner.Partition)
            {
                runner.GoOnCounting(here[next++]);
            }

            merged.Add(runner);
        }

        merged.AddRange(here[next..]);
        return merged;
    }

    private static int Compare(SourceRunner left, SourceRunner right) => KeyHash.Compare(left.Partition, right.Partition);
}
