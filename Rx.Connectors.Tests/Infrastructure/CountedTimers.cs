using System.Reactive.Concurrency;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>A scheduler that counts what is scheduled on it.</summary>
internal sealed class CountedTimers(IScheduler inner) : IScheduler, IServiceProvider
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public DateTimeOffset Now => inner.Now;

    public object? GetService(Type serviceType) => ((IServiceProvider)inner).GetService(serviceType);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        Interlocked.Increment(ref _count);
        return inner.Schedule(state, (_, todo) => action(this, todo));
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Interlocked.Increment(ref _count);
        return inner.Schedule(state, dueTime, (_, todo) => action(this, todo));
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Interlocked.Increment(ref _count);
        return inner.Schedule(state, dueTime, (_, todo) => action(this, todo));
    }
}
