namespace Rx.Connectors.Benchmarks;

/// <summary>What a run measured.</summary>
/// <param name="Cores">How many cores it had.</param>
/// <param name="Others">How many cores' time other processes used meanwhile; null where the system does not tell.</param>
/// <param name="Rounds">By the name of the workload.</param>
internal sealed record RunResult(int Cores, double? Others, Dictionary<string, List<Round>> Rounds);
