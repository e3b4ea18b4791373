namespace Rx.Connectors.Testing;

/// <summary>Work that began on a <see cref="VirtualScheduler"/> went on elsewhere, so that the run would not repeat.</summary>
/// <param name="message">What is known of it.</param>
public sealed class EscapedWorkException(string message) : InvalidOperationException(message);
