namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>An option that cannot be used, noticed before anything was started. Its message is all that the user is told.</summary>
internal sealed class BadOptionException(string message) : Exception(message);
