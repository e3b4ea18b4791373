namespace Rx.Connectors.Testing;

/// <summary>A connector breaks a rule.</summary>
/// <param name="report">The whole report, which is also the message.</param>
public sealed class ConformanceException(ConformanceReport report) : Exception(report?.ToString())
{
    /// <summary>The whole report.</summary>
    public ConformanceReport Report { get; } = report ?? throw new ArgumentNullException(nameof(report));
}
