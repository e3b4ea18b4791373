using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Virtual time whose timers take no more than those of the framework do.</summary>
internal sealed class ShortTimers(VirtualScheduler clock) : IScheduler, IServiceProvider, ISchedulerWait
{
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(int.MaxValue);

    public DateTimeOffset Now => clock.Now;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : ((IServiceProvider)clock).GetService(serviceType);

    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter) => clock.RunUntil(condition, until, waiter);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        clock.Schedule(state, (_, todo) => action(this, todo));

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, _longest);
        return clock.Schedule(state, dueTime, (_, todo) => action(this, todo));
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        throw new NotSupportedException("The library schedules nothing for a date.");
}
