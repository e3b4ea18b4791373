namespace Rx.Connectors.Testing;

/// <summary>What a <see cref="VirtualScheduler"/> does about work that has left it for another thread.</summary>
public enum EscapePolicy
{
    /// <summary>
    /// The clock stops with an <see cref="EscapedWorkException"/> before its next action. Watching costs nothing until work escapes.
    /// </summary>
    Report,

    /// <summary>
    /// Time stands still until the work has ended, as far as the clock can see it, so that code which hops now and then comes to its end.
    /// It is not certain to repeat: between a thread of the pool taking work up and the clock seeing it there is a moment in which time
    /// may go on. Work that meets other such work, and that of real timers and sockets, is reported. A step of the clock costs some
    /// microseconds. Prefer <see cref="VirtualScheduler.Adopt{T}"/> and <see cref="VirtualScheduler.Run(Func{Task})"/>.
    /// </summary>
    Wait,

    /// <summary>Nothing. For clients that do have threads of their own, where a run need not repeat.</summary>
    Ignore,
}
