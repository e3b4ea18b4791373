using System.Collections.Concurrent;

namespace Rx.Connectors.Testing;

/// <summary>
/// A clock for clients, whose delays come back to it also when they are cancelled: see <see cref="CancelledWait"/>.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="inner">Reads it, and runs timers on it.</param>
internal sealed class VirtualTimeProvider(VirtualScheduler clock, TimeProvider inner) : TimeProvider
{
    private readonly ConcurrentQueue<CancelledWait> _begun = new();

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = inner.CreateTimer(callback, state, dueTime, period);
        if (state is not Task task)
        {
            return timer;
        }

        // The task is being made, and does not know its token yet.
        var wait = new CancelledWait(clock, task, timer);
        _begun.Enqueue(wait);
        return wait;
    }

    /// <summary>Takes over how the waits end that were begun until now.</summary>
    public void TakeOver()
    {
        while (_begun.TryDequeue(out var wait))
        {
            wait.TakeOver();
        }
    }
}
