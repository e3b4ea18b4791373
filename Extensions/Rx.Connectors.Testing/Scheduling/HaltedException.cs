namespace Rx.Connectors.Testing;

/// <summary>Throws out whoever waits on a clock that was halted, as a crash would.</summary>
internal sealed class HaltedException() : Exception("The clock was halted.");
