using System.ComponentModel;

namespace Rx.Connectors.Scheduling;

/// <summary>
/// An optional service of a virtual-time scheduler, found through <see cref="IServiceProvider"/> like Rx's own: it lets an
/// action that runs on the scheduler wait without stopping the clock it waits for.
/// </summary>
/// <remarks>
/// A sink must block until its items are written. On a scheduler with a real clock that blocks the worker's own thread. On a
/// virtual one nothing would ever happen again, so the scheduler itself runs what is due until the condition holds.
/// A virtual-time scheduler without this service can still run everything that does not have to wait.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ISchedulerWait
{
    /// <summary>Runs the scheduler's clock forward, from inside one of its actions, until a condition holds.</summary>
    /// <param name="condition">Checked before anything is run and after every action. It must be cheap and must not throw.</param>
    /// <param name="until">The virtual time at which to give up, or null to wait for as long as there is something to run.</param>
    /// <param name="waiter">Who waits for what, for the message of a deadlock.</param>
    /// <returns>True when the condition holds; false when <paramref name="until"/> came first, the clock then standing at it.</returns>
    /// <exception cref="SchedulerDeadlockException">
    /// Nothing is left to run, <paramref name="until"/> is null, and the condition does not hold: it never will.
    /// </exception>
    bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter);
}
