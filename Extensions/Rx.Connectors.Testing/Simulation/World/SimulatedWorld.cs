namespace Rx.Connectors.Testing;

/// <summary>What outlives a process: what clients have to give, what sinks have written, what the store holds.</summary>
internal sealed class SimulatedWorld(SimulationPlan plan, ulong seed, Recording? recording)
{
    private readonly SeededRandom _random = SeededRandom.For(seed, "disk");

    public SimulatedStore Store { get; } = new(recording);

    public IReadOnlyList<SimulatedTarget> Targets { get; } = [.. plan.Sinks.Select(sink => new SimulatedTarget(sink, recording))];

    public IReadOnlyList<IReadOnlyList<SimulatedBroker>> Brokers { get; } =
    [
        .. plan.Sources.Select(source => source.Kind != SourceKind.Broker
            ? (IReadOnlyList<SimulatedBroker>)[]
            : [.. source.Items.Select((_, i) => new SimulatedBroker(source, i, recording))]),
    ];

    /// <summary>Whether somebody has put right the queries that were wrong, after one of them had failed.</summary>
    public bool IsMended { get; set; }

    /// <summary>The process has died.</summary>
    public void Crash()
    {
        recording?.Add("process", RecordedKind.Crashed);
        Store.Crash();
        foreach (var target in Targets)
        {
            target.Crash(_random);
        }
    }
}
