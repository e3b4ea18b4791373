using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>
/// Virtual time in ticks in which "now" means now: unlike <c>TestScheduler</c>, it does not move what is scheduled for the
/// present to the next tick, so that times can be compared exactly. What is due at the same time runs in the order in which it
/// was scheduled.
/// </summary>
internal sealed class VirtualClock : VirtualTimeScheduler<long, long>, ISchedulerWait
{
    /// <summary>Whether nothing is scheduled.</summary>
    public bool IsEmpty => GetNext() is null;

    public void At(long time, Action action) => this.ScheduleAbsolute(time, action);

    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter) =>
        VirtualWait.Run(this, GetNext, time => Clock = time, condition, until, waiter);

    protected override long Add(long absolute, long relative) => absolute + relative;

    protected override DateTimeOffset ToDateTimeOffset(long absolute) => new(absolute, TimeSpan.Zero);

    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;

    protected override object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : base.GetService(serviceType);
}
