using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Testing;

public sealed partial class VirtualScheduler
{
    /// <summary>Runs asynchronous code, and the clock until it has ended. What it awaits comes back to this clock.</summary>
    /// <param name="work">Begun at once, with <see cref="Context"/> current.</param>
    /// <exception cref="SchedulerDeadlockException">Nothing is left to run, and the work has not ended.</exception>
    /// <exception cref="EscapedWorkException">Work has left the clock; see <see cref="EscapePolicy"/>.</exception>
    /// <remarks>What the work throws is thrown here. May be called from inside an action, too.</remarks>
    public void Run(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Run(async () =>
        {
            await work().ConfigureAwait(true);
            return true;
        });
    }

    /// <summary>Runs asynchronous code, and the clock until it has a result. What it awaits comes back to this clock.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">Begun at once, with <see cref="Context"/> current.</param>
    /// <returns>The result.</returns>
    /// <exception cref="SchedulerDeadlockException">Nothing is left to run, and the work has not ended.</exception>
    /// <exception cref="EscapedWorkException">Work has left the clock; see <see cref="EscapePolicy"/>.</exception>
    public T Run<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Task<T>? task = null;
        At(Clock, () => ((VirtualContext)Context).Run(_ => task = work(), null));
        return RunToEnd(() => task, "the work");
    }

    /// <summary>Runs the clock until a task has ended, as that of a flow: <c>clock.RunToEnd(flow.RunAsync(options))</c>.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="task">The task. What is still scheduled when it has ended stays so.</param>
    /// <returns>Its result. What it failed with is thrown.</returns>
    /// <exception cref="SchedulerDeadlockException">Nothing is left to run, and the task has not ended.</exception>
    /// <exception cref="EscapedWorkException">Work has left the clock; see <see cref="EscapePolicy"/>.</exception>
    public T RunToEnd<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return RunToEnd(() => task, "the task");
    }

    /// <summary>
    /// A stream whose enumerator runs under <see cref="Context"/>: what it awaits comes back to this clock, <c>Task.Yield()</c> and
    /// what it cancels included. Whoever enumerates is called back as from a thread of the pool, without a context.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="client">The stream.</param>
    /// <returns>The same stream on this clock.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    public IAsyncEnumerable<T> Adopt<T>(IAsyncEnumerable<T> client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new AdoptedStream<T>(client, this, (VirtualContext)Context);
    }

    /// <summary>Does something as an action of its own while the clock runs, else here and now: who awaits it goes on in either place.</summary>
    internal void ComeBack(Action action)
    {
        if (_depth > 0)
        {
            At(Clock, action);
            return;
        }

        // Under a context, as a test's, what awaits it would not go on in place.
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private T RunToEnd<T>(Func<Task<T>?> task, string waiter)
    {
        RunUntil(() => task() is { IsCompleted: true }, null, waiter);
        if (_depth == 0)
        {
            ThrowIfEscaped(isLast: true);
        }

#pragma warning disable VSTHRD002 // It has ended.
        return task()!.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
