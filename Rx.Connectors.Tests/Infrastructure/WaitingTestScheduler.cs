using Microsoft.Reactive.Testing;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Rx's own <see cref="TestScheduler"/>, with the kit's way to wait on it.</summary>
internal sealed class WaitingTestScheduler : TestScheduler, ISchedulerWait
{
    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter) =>
        new WaitingScheduler(this).RunUntil(condition, until, waiter);

    protected override object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : base.GetService(serviceType);
}
