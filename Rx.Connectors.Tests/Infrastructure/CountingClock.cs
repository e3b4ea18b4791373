using System.Reactive.Concurrency;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Virtual time in ticks that counts what is scheduled on it.</summary>
internal sealed class CountingClock : VirtualTimeScheduler<long, long>
{
    public int Scheduled { get; private set; }

    public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Scheduled++;
        return base.ScheduleAbsolute(state, dueTime, action);
    }

    protected override long Add(long absolute, long relative) => absolute + relative;

    protected override DateTimeOffset ToDateTimeOffset(long absolute) => new(absolute, TimeSpan.Zero);

    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;
}
