using Microsoft.Reactive.Testing;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>A <see cref="TestScheduler"/> that an action can wait on: it runs the virtual clock forward from inside.</summary>
internal sealed class WaitingTestScheduler : TestScheduler, ISchedulerWait
{
    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter)
    {
        while (!condition())
        {
            var next = GetNext();
            if (next is null || next.DueTime > until?.UtcTicks)
            {
                if (until is null)
                {
                    throw new SchedulerDeadlockException($"{waiter} waits at {Clock}, and nothing is left to run.");
                }

                Clock = Math.Max(Clock, until.Value.UtcTicks);
                return false;
            }

            Clock = Math.Max(Clock, next.DueTime);
            next.Invoke();
        }

        return true;
    }

    protected override object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : base.GetService(serviceType);
}
