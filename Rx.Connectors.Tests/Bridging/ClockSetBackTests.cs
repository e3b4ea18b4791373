using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S7 on a real clock, which somebody may set back.</summary>
public sealed class ClockSetBackTests
{
    private const long Hour = TimeSpan.TicksPerHour;
    private readonly SetClock _clock = new() { Ticks = 5 * Hour };

    [Fact]
    public void S7_a_clock_set_back_before_an_item_does_not_hold_it_back()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source).ToPartition(new BridgeOptions { MaxBatchDelay = 100.Ticks() });
        partition.Start(_clock);
        _clock.Ticks = 4 * Hour;
        source.OnNext(1);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(((4 * Hour) + 100).At(), partition.NextAwake);
        _clock.Ticks += 100;
        Assert.Equal([1], partition.NextBatch());
    }

    [Fact]
    public void S7_a_clock_set_back_while_an_item_waits_does_not_hold_it_back()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source).ToPartition(new BridgeOptions { MaxBatchDelay = 100.Ticks() });
        partition.Start(_clock);
        source.OnNext(1);
        _clock.Ticks = 4 * Hour;
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(((4 * Hour) + 100).At(), partition.NextAwake);
        _clock.Ticks += 100;
        Assert.Equal([1], partition.NextBatch());
    }

    /// <summary>A clock alone: a bridged partition schedules nothing.</summary>
    private sealed class SetClock : IScheduler
    {
        public long Ticks { get; set; }

        public DateTimeOffset Now => Ticks.At();

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
            throw new NotSupportedException();

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            throw new NotSupportedException();

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            throw new NotSupportedException();
    }
}
