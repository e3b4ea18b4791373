using System.Reactive.Concurrency;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A clock that counts what is scheduled for an absolute time.</summary>
internal sealed class RelativeTimers(VirtualScheduler clock) : IScheduler, IServiceProvider
{
    public int Absolute { get; private set; }

    public int Relative { get; private set; }

    public DateTimeOffset Now => clock.Now;

    public object? GetService(Type serviceType) => ((IServiceProvider)clock).GetService(serviceType);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        clock.Schedule(state, (_, todo) => action(this, todo));

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Relative++;
        return clock.Schedule(state, dueTime, (_, todo) => action(this, todo));
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Absolute++;
        return clock.Schedule(state, dueTime, (_, todo) => action(this, todo));
    }
}
