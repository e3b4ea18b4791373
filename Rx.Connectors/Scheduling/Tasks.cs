using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>Tasks that nobody awaits, and calls that nobody waits for.</summary>
internal static class Tasks
{
    /// <summary>Looks at a failure that is told elsewhere, or to nobody, so that it is not reported as unobserved.</summary>
    public static void Observe(this Task task) => _ = task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Ends when the task does, and never fails: whether it did is asked elsewhere.</summary>
    public static Task EndedAsync(this Task task) => task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Ends with the task, on the thread on which it ends.</summary>
    public static void EndWith(this TaskCompletionSource ending, Task task)
    {
        if (task.IsCompleted)
        {
            ending.SetFromTask(task);
            return;
        }

        _ = task.ContinueWith(
            static (ended, one) => ((TaskCompletionSource)one!).SetFromTask(ended), ending, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Calls what may block where it does not hold up whoever asks: on the thread pool, or in virtual time here and now.</summary>
    /// <returns>Over when the call has returned.</returns>
    public static Task Beside(this IScheduler scheduler, Action call)
    {
        if (scheduler.IsVirtual())
        {
            call();
            return Task.CompletedTask;
        }

        return scheduler.RunInBackground(() =>
        {
            call();
            return Task.FromResult(true);
        });
    }

    /// <summary>
    /// Cancels, and does not wait for what listens: a callback of a client's may block. In virtual time it runs here and now, for there
    /// is no other thread (rule F6).
    /// </summary>
    /// <returns>Ends when all of them have been called. It never fails: what a callback throws is nobody's.</returns>
    public static Task CancelBeside(this CancellationTokenSource stop, IScheduler scheduler)
    {
        if (scheduler.IsVirtual())
        {
            CancelHere(stop);
            return Task.CompletedTask;
        }

        return CancelAsync(stop);
    }

    private static void CancelHere(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (AggregateException)
        {
            // It says nothing about why it was cancelled.
        }
    }

    // The token is cancelled when this returns; the callbacks run on the thread pool.
    private static async Task CancelAsync(CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // As above.
        }
    }
}
