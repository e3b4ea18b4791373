using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Scheduling;

/// <summary>What the library asks of a scheduler beyond <see cref="IScheduler"/>.</summary>
internal static class SchedulerServices
{
    public static ISchedulerWait? FindWait(this IScheduler scheduler) =>
        (scheduler as IServiceProvider)?.GetService(typeof(ISchedulerWait)) as ISchedulerWait;

    /// <summary>
    /// Whether the scheduler's clock stands still unless somebody runs it, also behind Rx's wrappers. One that hides all of a
    /// scheduler's services (<c>DisableOptimizations()</c>) hides this, too, except where <see cref="ISchedulerWait"/> is offered.
    /// </summary>
    public static bool IsVirtual(this IScheduler scheduler) =>
        RunsByHand(scheduler) || RunsByHand(FindStopwatch(scheduler)) || scheduler.FindWait() is not null;

    /// <summary>
    /// Where a client's code runs: beside the worker on the thread pool, or, in virtual time, on the same scheduler, so that
    /// there is no second thread (rule F6).
    /// </summary>
    public static IScheduler Background(this IScheduler scheduler) =>
        scheduler.IsVirtual() ? scheduler : TaskPoolScheduler.Default;

    /// <summary>
    /// Whether it runs an action before <c>Schedule</c> returns, on the thread that asks: then who asks is held up, and a wait for
    /// what was scheduled never ends. Tried out where the type does not tell, as behind Rx's wrappers.
    /// </summary>
    public static bool RunsInPlace(this IScheduler scheduler) => scheduler switch
    {
        CurrentThreadScheduler or ImmediateScheduler => true,
        EventLoopScheduler or TaskPoolScheduler or ThreadPoolScheduler or NewThreadScheduler or DefaultScheduler => false,
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

    private static bool RanInPlace(IScheduler scheduler)
    {
        var asking = Environment.CurrentManagedThreadId;
        var isAsking = true;
        var ran = false;
        using var probe = scheduler.Schedule(() => ran |= isAsking && Environment.CurrentManagedThreadId == asking);
        isAsking = false;
        return ran;
    }

    // A virtual-time scheduler is its own stopwatch, and a wrapper hands out that of what it wraps.
    private static object? FindStopwatch(IScheduler scheduler) =>
        (scheduler as IServiceProvider)?.GetService(typeof(IStopwatchProvider));

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
