namespace Rx.Connectors.Flows;

/// <summary>What a run has left behind: whose it is, each once, and what each was doing.</summary>
internal sealed record Leftovers(IReadOnlyList<string> Names, IReadOnlyList<string> Details);
