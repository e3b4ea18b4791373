using System.ComponentModel;

namespace Rx.Connectors.Scheduling;

/// <summary>Something waits on a virtual-time scheduler that has nothing left to run, so the wait can never end.</summary>
/// <param name="message">Who waits for what.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SchedulerDeadlockException(string message) : InvalidOperationException(message);
