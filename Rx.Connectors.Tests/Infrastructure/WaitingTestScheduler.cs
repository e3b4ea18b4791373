using Microsoft.Reactive.Testing;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>A <see cref="TestScheduler"/> that an action can wait on: it runs the virtual clock forward from inside.</summary>
internal sealed class WaitingTestScheduler : TestScheduler, ISchedulerWait
{
    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter) =>
        VirtualWait.Run(this, GetNext, time => Clock = time, condition, until, waiter);

    protected override object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : base.GetService(serviceType);
}
