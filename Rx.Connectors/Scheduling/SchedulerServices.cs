using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Rx.Connectors.Scheduling;

/// <summary>What the library asks of a scheduler beyond <see cref="IScheduler"/>.</summary>
internal static class SchedulerServices
{
    // Some timers take no more than int.MaxValue milliseconds, which is 24.8 days.
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(20);

    public static ISchedulerWait? FindWait(this IScheduler scheduler) =>
        (scheduler as IServiceProvider)?.GetService(typeof(ISchedulerWait)) as ISchedulerWait;

    /// <summary>
    /// Whether the scheduler's clock stands still unless somebody runs it, also behind Rx's wrappers. One that hides all of a
    /// scheduler's services (<c>DisableOptimizations()</c>) hides this, too, except where <see cref="ISchedulerWait"/> is offered.
    /// </summary>
    public static bool IsVirtual(this IScheduler scheduler) =>
        RunsByHand(scheduler) || RunsByHand(scheduler.FindStopwatches()) || scheduler.FindWait() is not null;

    /// <summary>
    /// Where a client's code runs: beside the worker on the thread pool, or, in virtual time, on the same scheduler, so that
    /// there is no second thread (rule F6).
    /// </summary>
    public static IScheduler Background(this IScheduler scheduler) =>
        scheduler.IsVirtual() ? scheduler : TaskPoolScheduler.Default;

    /// <summary>Signals at each interval, which may be as long as a span can be.</summary>
    public static IObservable<Unit> Every(this IScheduler scheduler, TimeSpan interval) => Observable.Create<Unit>(observer =>
        scheduler.ToTimeProvider().CreateTimer(static observer => ((IObserver<Unit>)observer!).OnNext(Unit.Default), observer, interval, interval));

    /// <summary>
    /// Whether it runs an action before <c>Schedule</c> returns, on the thread that asks: then who asks is held up, and a wait for
    /// what was scheduled never ends. Tried out where the type does not tell, as behind Rx's wrappers.
    /// </summary>
    public static bool RunsInPlace(this IScheduler scheduler) => scheduler switch
    {
        CurrentThreadScheduler or ImmediateScheduler => true,
        WorkerThread or EventLoopScheduler or TaskPoolScheduler or ThreadPoolScheduler or NewThreadScheduler or DefaultScheduler => false,
        _ => !scheduler.IsVirtual() && RanInPlace(scheduler),
    };

    /// <summary>Begins asynchronous work there. The task ends as the work does, and in virtual time on the same thread.</summary>
    public static Task<T> RunInBackground<T>(this IScheduler scheduler, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>();
        scheduler.Background().Schedule((work, done), static (self, todo) =>
        {
            NoContext.Run(todo, static begun => _ = RunAsync(begun.work, begun.done));
            return Disposable.Empty;
        });
        return done.Task;
    }

    private static async Task RunAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> done)
    {
        T result;
        try
        {
            result = await work().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            done.SetException(error);
            return;
        }

        done.SetResult(result);
    }

    /// <summary>A virtual-time scheduler is its own stopwatch, and a wrapper hands out that of what it wraps.</summary>
    public static IStopwatchProvider? FindStopwatches(this IScheduler scheduler) =>
        (scheduler as IServiceProvider)?.GetService(typeof(IStopwatchProvider)) as IStopwatchProvider ?? scheduler as IStopwatchProvider;

    /// <summary>
    /// Whether the date is the elapsed time and nothing else, so that nobody can set it. Of a wrapper that is not known.
    /// </summary>
    public static bool KeepsDate(this IScheduler scheduler) => RunsByHand(scheduler);

    /// <summary>
    /// Schedules an action for after a span that may be as long as a span can be. A timer of the framework takes no more than 49 days,
    /// and what refuses more does so on the scheduler's own thread, which ends the process: so a long time is waited for in stretches.
    /// </summary>
    public static IDisposable ScheduleAfter<TState>(this IScheduler scheduler, TState state, TimeSpan dueTime, Action<TState> action) =>
        scheduler.Schedule((state, action, dueTime), dueTime < _longestWait ? dueTime : _longestWait, static (self, todo) =>
        {
            if (todo.dueTime > _longestWait)
            {
                return self.ScheduleAfter(todo.state, todo.dueTime - _longestWait, todo.action);
            }

            todo.action(todo.state);
            return Disposable.Empty;
        });

    private static bool RanInPlace(IScheduler scheduler)
    {
        var asking = Environment.CurrentManagedThreadId;
        var isAsking = true;
        var ran = false;
        using var probe = scheduler.Schedule(() => ran |= isAsking && Environment.CurrentManagedThreadId == asking);
        isAsking = false;
        return ran;
    }

    private static bool RunsByHand(object? scheduler)
    {
        for (var type = scheduler?.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VirtualTimeSchedulerBase<,>))
            {
                return true;
            }
        }

        return false;
    }
}
