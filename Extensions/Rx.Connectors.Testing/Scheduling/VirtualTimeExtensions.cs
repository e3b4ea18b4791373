using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>Other virtual-time schedulers, as Rx's own <c>TestScheduler</c>, with connectors and flows.</summary>
public static class VirtualTimeExtensions
{
    /// <summary>
    /// The same scheduler, with the service that a sink needs to wait on it: its clock is then run forward from inside an action.
    /// </summary>
    /// <param name="scheduler">A scheduler in ticks, such as <c>TestScheduler</c>. Run it as ever, by <c>Start</c> and <c>AdvanceTo</c>.</param>
    /// <returns>A scheduler to give to flows and partitions. What is scheduled on either runs on the one clock.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    /// <remarks>It does not watch for work that escapes, and draws no interleavings: <see cref="VirtualScheduler"/> does.</remarks>
    public static IScheduler WithWait(this VirtualTimeSchedulerBase<long, long> scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        return new WaitingScheduler(scheduler);
    }
}
