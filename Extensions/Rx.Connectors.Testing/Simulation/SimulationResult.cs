namespace Rx.Connectors.Testing;

/// <summary>What one simulation came to.</summary>
/// <param name="Case">What was simulated.</param>
/// <param name="Crashes">How many processes have crashed.</param>
/// <param name="Runs">How many were started until the flow was complete.</param>
/// <param name="Items">How many items were to arrive, counted for each sink.</param>
/// <param name="Lost">How many of them did not arrive.</param>
/// <param name="Duplicated">How often an item arrived again where exactly once is promised.</param>
/// <param name="Repeated">How often an item arrived again where at least once is promised. This is no fault.</param>
/// <param name="VirtualTime">How much virtual time has passed.</param>
/// <param name="Faults">What else was wrong: a run that hung, an order that was not kept, something left open.</param>
public sealed record SimulationResult(
    SimulationCase Case, int Crashes, int Runs, int Items, int Lost, int Duplicated, int Repeated, TimeSpan VirtualTime,
    IReadOnlyList<string> Faults)
{
    /// <summary>Whether nothing was lost, duplicated or otherwise wrong.</summary>
    public bool IsRight => Lost == 0 && Duplicated == 0 && Faults.Count == 0;
}
