using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Flows;

/// <summary>What sources and sinks answer when they are asked for partitions, checked (P8, P10).</summary>
internal static class PartitionKeys
{
    /// <summary>What is wrong with one worker's list; null if nothing is.</summary>
    public static string? FindFault(IReadOnlyList<string>? keys) =>
        keys is null ? "ListPartitions returned null"
        : keys.Any(static key => key is null) ? "ListPartitions returned null among its keys"
        : keys.GroupBy(static key => key, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice
            ? $"ListPartitions returned the key '{twice.Key}' more than once; keys must be unique"
        : keys.Select(StoredName.FindFault).FirstOrDefault(static fault => fault is not null) is { } fault
            ? $"ListPartitions returned a key that cannot be stored: {fault}"
        : null;

    /// <summary>The keys of all workers, each once, in the order of their bytes.</summary>
    public static string[] Merge(IEnumerable<IEnumerable<string>> lists) =>
        KeyHash.Sort([.. lists.SelectMany(static list => list).Distinct(StringComparer.Ordinal)]);
}
