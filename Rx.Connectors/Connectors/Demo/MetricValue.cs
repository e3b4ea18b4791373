namespace Rx.Connectors.Demo;

/// <summary>One value of a metric.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Value">The value.</param>
public readonly record struct MetricValue(string Name, double Value);
