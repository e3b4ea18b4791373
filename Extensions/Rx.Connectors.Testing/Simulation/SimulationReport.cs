namespace Rx.Connectors.Testing;

/// <summary>The outcome of many simulations.</summary>
public sealed class SimulationReport
{
    internal SimulationReport(IReadOnlyList<SimulationResult> results)
    {
        Seeds = results.Count;
        Crashes = results.Sum(static one => one.Crashes);
        Items = results.Sum(static one => (long)one.Items);
        Lost = results.Sum(static one => (long)one.Lost);
        Duplicated = results.Sum(static one => (long)one.Duplicated);
        Repeated = results.Sum(static one => (long)one.Repeated);
        VirtualTime = results.Aggregate(TimeSpan.Zero, static (sum, one) => sum + one.VirtualTime);
        Failed = [.. results.Where(static one => !one.IsRight)];
    }

    /// <summary>How many simulations there were.</summary>
    public int Seeds { get; }

    /// <summary>How many processes have crashed.</summary>
    public long Crashes { get; }

    /// <summary>How many items were to arrive.</summary>
    public long Items { get; }

    /// <summary>How many of them did not arrive.</summary>
    public long Lost { get; }

    /// <summary>How often an item arrived again where exactly once is promised.</summary>
    public long Duplicated { get; }

    /// <summary>How often an item arrived again where at least once is promised.</summary>
    public long Repeated { get; }

    /// <summary>How much virtual time has passed.</summary>
    public TimeSpan VirtualTime { get; }

    /// <summary>The simulations that were not right, by their seeds.</summary>
    public IReadOnlyList<SimulationResult> Failed { get; }
}
