using System.Reactive.Concurrency;
using System.Reflection;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Testing;

/// <summary>Lets an action of somebody else's virtual-time scheduler run its clock forward, through what it keeps protected.</summary>
internal sealed class WaitingScheduler : IScheduler, IServiceProvider, ISchedulerWait
{
    private const BindingFlags Inherited = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    private readonly VirtualTimeSchedulerBase<long, long> _inner;
    private readonly Func<IScheduledItem<long>?> _next;
    private readonly Action<long> _setClock;

    public WaitingScheduler(VirtualTimeSchedulerBase<long, long> inner)
    {
        var type = typeof(VirtualTimeSchedulerBase<long, long>);
        _inner = inner;
        _next = type.GetMethod("GetNext", Inherited)!.CreateDelegate<Func<IScheduledItem<long>?>>(inner);
        _setClock = type.GetProperty(nameof(inner.Clock))!.GetSetMethod(nonPublic: true)!.CreateDelegate<Action<long>>(inner);
    }

    public DateTimeOffset Now => _inner.Now;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : ((IServiceProvider)_inner).GetService(serviceType);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        _inner.Schedule(state, (_, todo) => action(this, todo));

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        _inner.Schedule(state, dueTime, (_, todo) => action(this, todo));

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        _inner.Schedule(state, dueTime, (_, todo) => action(this, todo));

    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var limit = until is { } time ? _inner.Clock + (time - _inner.Now).Ticks : long.MaxValue;
        while (!condition())
        {
            var next = _next();
            if (next is not null && next.DueTime <= limit)
            {
                _setClock(Math.Max(_inner.Clock, next.DueTime));
                next.Invoke();
            }
            else if (until is null)
            {
                throw new SchedulerDeadlockException($"{waiter} waits at {_inner.Clock} ({_inner.Now:O}), and nothing is left to run.");
            }
            else
            {
                _setClock(Math.Max(_inner.Clock, limit));
                return false;
            }
        }

        return true;
    }
}
