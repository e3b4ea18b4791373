namespace Rx.Connectors.Testing;

/// <summary>The outcome of one simulation.</summary>
public sealed class SimulationResult
{
    internal SimulationResult()
    {
    }

    /// <summary>What was simulated.</summary>
    public SimulationCase Case { get; internal init; } = new(0);

    /// <summary>How many processes have crashed.</summary>
    public int Crashes { get; internal init; }

    /// <summary>How many runs were started until the flow was complete.</summary>
    public int Runs { get; internal init; }

    /// <summary>How many items were to arrive, counted for each sink.</summary>
    public int Items { get; internal init; }

    /// <summary>How many of them did not arrive.</summary>
    public int Lost { get; internal init; }

    /// <summary>How often an item arrived again where exactly once is promised.</summary>
    public int Duplicated { get; internal init; }

    /// <summary>How often an item arrived again where at least once is promised. This is no fault.</summary>
    public int Repeated { get; internal init; }

    /// <summary>How much virtual time has passed.</summary>
    public TimeSpan VirtualTime { get; internal init; }

    /// <summary>What else was wrong: a run that hung, an order that was not kept, something left open.</summary>
    public IReadOnlyList<string> Faults { get; internal init; } = [];

    /// <summary>Whether nothing was lost, duplicated or otherwise wrong.</summary>
    public bool IsRight => Lost == 0 && Duplicated == 0 && Faults.Count == 0;
}
