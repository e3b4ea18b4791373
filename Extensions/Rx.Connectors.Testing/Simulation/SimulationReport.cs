namespace Rx.Connectors.Testing;

/// <summary>What many simulations came to in all.</summary>
/// <param name="Seeds">How many there were.</param>
/// <param name="Crashes">How many processes have crashed.</param>
/// <param name="Items">How many items were to arrive.</param>
/// <param name="Lost">How many of them did not.</param>
/// <param name="Duplicated">How often an item arrived again where exactly once is promised.</param>
/// <param name="Repeated">How often an item arrived again where at least once is promised.</param>
/// <param name="VirtualTime">How much virtual time has passed.</param>
/// <param name="Failed">Those that were not right, by their seeds.</param>
public sealed record SimulationReport(
    int Seeds, long Crashes, long Items, long Lost, long Duplicated, long Repeated, TimeSpan VirtualTime,
    IReadOnlyList<SimulationResult> Failed)
{
    internal static SimulationReport Of(IReadOnlyList<SimulationResult> results) => new(
        results.Count, results.Sum(static one => one.Crashes), results.Sum(static one => (long)one.Items),
        results.Sum(static one => (long)one.Lost), results.Sum(static one => (long)one.Duplicated),
        results.Sum(static one => (long)one.Repeated),
        results.Aggregate(TimeSpan.Zero, static (sum, one) => sum + one.VirtualTime),
        [.. results.Where(static one => !one.IsRight)]);
}
