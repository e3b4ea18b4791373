namespace Rx.Connectors.Benchmarks;

/// <summary>What contenders are compared at.</summary>
internal sealed class Workload
{
    public required string Name { get; init; }

    /// <summary>Items in a contender's turn. All have the same.</summary>
    public required int Items { get; init; }

    /// <summary>
    /// Items of the turns before the first that counts: enough for the compiler to see what is hot. 0 where each turn sees to that
    /// itself.
    /// </summary>
    public int WarmUp { get; init; } = 200_000;

    /// <summary>How much of the time that the workloads share is for its rounds.</summary>
    public int Share { get; init; } = 1;

    /// <summary>
    /// How many rounds are measured at most. The time that one workload leaves is another's, so those that are there for
    /// information have fewer.
    /// </summary>
    public int MaxRounds { get; init; } = 21;

    /// <summary>Whether its time is not a part of what the others share: a single turn of it takes seconds.</summary>
    public bool HasOwnTime { get; init; }

    /// <summary>Whether it is not measured pinned to one core as well: what it shows is not the work of threads that share one.</summary>
    public bool FreeOnly { get; init; }

    public required IReadOnlyList<Contender> Contenders { get; init; }

    public IReadOnlyList<Mark> Marks { get; init; } = [];
}
