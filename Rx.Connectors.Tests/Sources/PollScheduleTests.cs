using System.Reactive.Concurrency;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class PollScheduleTests
{
    [Fact]
    public void P20_a_clock_that_was_set_back_does_not_make_a_mark_come_again()
    {
        var clock = new JumpingClock();
        clock.AdvanceBy(100);
        var schedule = new PollSchedule(100.Ticks(), 0L.At(), clock);
        clock.SetDate(95L.At());
        schedule.Polled();
        Assert.Equal(200L.At(), schedule.Next);
    }

    [Fact]
    public void P20_a_mark_of_another_offset_is_the_same_instant()
    {
        var mark = new DateTimeOffset(2026, 1, 1, 0, 30, 0, TimeSpan.FromHours(2));
        var schedule = new PollSchedule(TimeSpan.FromHours(1), mark, new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 6, 0, 0, TimeSpan.Zero)));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 6, 30, 0, TimeSpan.Zero), schedule.Next);
    }
}
