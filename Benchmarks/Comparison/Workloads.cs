namespace Rx.Connectors.Benchmarks;

/// <summary>All there are, in the order in which they are measured.</summary>
internal static class Workloads
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        IdleWorkload.Make(),
        WakeWorkload.Make(),
        FlowRecoveryWorkload.Make(),
        BridgeWorkload.Make(100),
        BridgeWorkload.Make(1_000),
        PushWorkload.Make(),
        EndToEndWorkload.Make(),
        SinkWorkload.Make(concurrency: 1, yields: false),
        SinkWorkload.Make(concurrency: 16, yields: false),
        SinkWorkload.Make(concurrency: 1, yields: true),
        SinkWorkload.Make(concurrency: 16, yields: true),
        FlowWorkload.Make(),
        PartitionsWorkload.Make(),
        BridgedPartitionsWorkload.Make(),
        .. FilesWorkload.All,
    ];
}
