using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>
/// Virtual time as a machine's clock has it that somebody sets: the date jumps, the elapsed time goes on. What is scheduled after a
/// span goes by the elapsed time; what is scheduled for a date follows the date and is counted, since the library has no use for it.
/// </summary>
internal sealed class JumpingClock : IScheduler, IServiceProvider, ISchedulerWait
{
    private TimeSpan _ahead;

    public JumpingClock(DateTimeOffset? origin = null) =>
        Elapsed = new VirtualScheduler(new VirtualSchedulerOptions { Origin = origin ?? DateTimeOffset.MinValue });

    /// <summary>The clock of the elapsed time, which has all that is scheduled.</summary>
    public VirtualScheduler Elapsed { get; }

    public DateTimeOffset Now => ((IScheduler)Elapsed).Now + _ahead;

    public int ScheduledForDates { get; private set; }

    public void SetDate(DateTimeOffset date) => SetBy(date - Now);

    /// <summary>Sets the date ahead, or back.</summary>
    public void SetBy(TimeSpan span) => _ahead += span;

    /// <summary>Sets the date by a span, once so much time has gone by.</summary>
    public void SetBy(TimeSpan span, TimeSpan after) => Elapsed.At(Elapsed.Clock + after.Ticks, () => SetBy(span));

    public void AdvanceBy(long ticks) => Elapsed.AdvanceBy(ticks);

    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter) =>
        Elapsed.RunUntil(condition, until is null || until == DateTimeOffset.MaxValue ? until : until - _ahead, waiter);

    // The other clock's time provider does not know the date.
    public object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this
        : serviceType == typeof(TimeProvider) ? null
        : ((IServiceProvider)Elapsed).GetService(serviceType);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        Elapsed.Schedule(state, (_, todo) => action(this, todo));

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Elapsed.Schedule(state, dueTime, (_, todo) => action(this, todo));

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ScheduledForDates++;
        return Elapsed.Schedule(state, dueTime - _ahead, (_, todo) => action(this, todo));
    }
}
