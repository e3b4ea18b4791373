using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>Gives clients that ask for a <see cref="TimeProvider"/> the flow's own clock.</summary>
public static class SchedulerTimeProviderExtensions
{
    /// <summary>
    /// A <see cref="TimeProvider"/> that reads the scheduler's clock and runs its timers on the scheduler, so that a client's
    /// <c>Task.Delay(delay, timeProvider)</c> follows virtual time in a test.
    /// </summary>
    /// <param name="scheduler">The scheduler whose clock to use.</param>
    /// <returns>A provider that may be used from any thread if the scheduler may. Its local time zone is UTC.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    /// <remarks>
    /// Timers and timestamps go by elapsed time, whatever happens to the date; <see cref="TimeProvider.GetUtcNow"/> is the date.
    /// Timers fire on the scheduler: on one that a worker runs on, not before the worker is free. Code that must be timed
    /// while a worker writes needs a provider made from another scheduler.
    /// </remarks>
    public static TimeProvider ToTimeProvider(this IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        // A scheduler may know better how: that of a test brings what was cancelled back to its clock.
        return (scheduler as IServiceProvider)?.GetService(typeof(TimeProvider)) as TimeProvider ?? new SchedulerTimeProvider(scheduler);
    }
}

internal sealed class SchedulerTimeProvider(IScheduler scheduler) : TimeProvider
{
    private readonly ElapsedTime _elapsed = new(scheduler);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Now;

    public override DateTimeOffset GetUtcNow() => scheduler.Now.ToUniversalTime();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SchedulerTimer(scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
