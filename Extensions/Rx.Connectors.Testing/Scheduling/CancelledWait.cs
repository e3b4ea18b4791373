using System.Reflection;

namespace Rx.Connectors.Testing;

/// <summary>
/// The timer of a <c>Task.Delay</c> or <c>WaitAsync</c>. When their token is cancelled, the framework sends what awaits them to the
/// thread pool, whatever the clock does, so that a flow which is stopped would leave virtual time. This takes the token over, and
/// ends the task on the clock.
/// </summary>
/// <remarks>It looks into the framework's own tasks. Where they are built another way, they leave the clock, and that is reported.</remarks>
internal sealed class CancelledWait(VirtualScheduler clock, Task task, ITimer timer) : ITimer
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly Func<Task, CancellationToken, bool>? _cancel = typeof(Task)
        .GetMethod("TrySetCanceled", Hidden, [typeof(CancellationToken)])?.CreateDelegate<Func<Task, CancellationToken, bool>>();

    private CancellationTokenRegistration _registration;

    public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

    public void Dispose()
    {
        _registration.Unregister();
        timer.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _registration.Unregister();
        return timer.DisposeAsync();
    }

    public void TakeOver()
    {
        var field = _cancel is null || task.IsCompleted ? null : task.GetType().GetField("_registration", Hidden);
        if (field?.GetValue(task) is CancellationTokenRegistration { Token.CanBeCanceled: true } theirs && theirs.Unregister())
        {
            _registration = theirs.Token.UnsafeRegister(static (self, token) => ((CancelledWait)self!).Cancel(token), this);
        }
    }

    private void Cancel(CancellationToken token)
    {
        // It is cancelled now, though the task may say so a moment later.
        timer.Dispose();
        clock.ComeBack(() => _cancel!(task, token));
    }
}
