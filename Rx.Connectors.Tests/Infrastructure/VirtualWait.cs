using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>How a scheduler with virtual time in ticks is run forward from inside one of its actions.</summary>
internal static class VirtualWait
{
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="peek">Its next item, left in the queue.</param>
    /// <param name="moveTo">Sets its clock.</param>
    /// <param name="condition">What is waited for.</param>
    /// <param name="until">When to give up, or null.</param>
    /// <param name="waiter">Who waits, for the message of a deadlock.</param>
    public static bool Run(
        VirtualTimeSchedulerBase<long, long> scheduler, Func<IScheduledItem<long>?> peek, Action<long> moveTo,
        Func<bool> condition, DateTimeOffset? until, string waiter)
    {
        while (!condition())
        {
            var next = peek();
            if (next is null || next.DueTime > until?.UtcTicks)
            {
                if (until is null)
                {
                    throw new SchedulerDeadlockException($"{waiter} waits at {scheduler.Clock}, and nothing is left to run.");
                }

                moveTo(Math.Max(scheduler.Clock, until.Value.UtcTicks));
                return false;
            }

            moveTo(Math.Max(scheduler.Clock, next.DueTime));
            next.Invoke();
        }

        return true;
    }
}
