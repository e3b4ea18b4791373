namespace Rx.Connectors.Testing;

/// <summary>What a <see cref="VirtualScheduler"/> does about work that has left it for another thread.</summary>
public enum EscapePolicy
{
    /// <summary>
    /// The clock stops with an <see cref="EscapedWorkException"/> before its next action. Watching costs nothing until work escapes.
    /// </summary>
    Report,

    /// <summary>
    /// Time stands still until the work has ended: it runs while no action does, one piece at a time. Two pieces at once, and one
    /// that comes when time has gone on, have no certain order; they are reported. Each step of the clock then costs a round trip
    /// through the thread pool, some microseconds.
    /// </summary>
    Wait,

    /// <summary>Nothing. For clients that do have threads of their own, where a run need not repeat.</summary>
    Ignore,
}
