namespace Rx.Connectors.Benchmarks;

/// <summary>Where the threads of a run may be.</summary>
internal enum Placement
{
    /// <summary>On every core that the process may use.</summary>
    Free,

    /// <summary>On one core, where a thread that spins would only keep out the one that it waits for: what is left is work.</summary>
    Pinned,
}

internal static class PlacementNames
{
    public static string Name(this Placement placement) => placement == Placement.Free ? "free" : "pinned";

    /// <summary>A workload's name in the results, which have each workload once for each placement.</summary>
    public static string Of(this Placement placement, string workload) =>
        placement == Placement.Free ? workload : $"{workload} ({placement.Name()})";
}
