using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Testing;

/// <summary>
/// Waits on a scheduler to the tick, where delays of tasks count in whole milliseconds, and is cancelled in place, where they hop
/// to another thread.
/// </summary>
internal static class ClockDelay
{
    /// <param name="clock">The clock.</param>
    /// <param name="due">Until when; null for ever.</param>
    /// <param name="cancellationToken">Ends it sooner.</param>
    public static Task Until(IScheduler clock, DateTimeOffset? due, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var timer = due is not { } time ? Disposable.Empty : clock.Schedule(reached, time - clock.Now, static (_, one) =>
        {
            one.TrySetResult();
            return Disposable.Empty;
        });
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var (pending, scheduled) = ((TaskCompletionSource, IDisposable))state!;
                    scheduled.Dispose();
                    pending.TrySetCanceled(token);
                },
                (reached, timer));
        }

        return reached.Task;
    }
}
