using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class PollScheduleTests
{
    [Fact]
    public void P20_a_clock_that_was_set_back_does_not_make_a_mark_come_again()
    {
        foreach (var alignTo in new DateTimeOffset?[] { null, 0L.At() })
        {
            var schedule = new PollSchedule(100.Ticks(), alignTo, 100L.At());
            schedule.Polled(95L.At());
            Assert.Equal(200L.At(), schedule.Next);
        }
    }

    [Fact]
    public void P20_a_mark_of_another_offset_is_the_same_instant()
    {
        var mark = new DateTimeOffset(2026, 1, 1, 0, 30, 0, TimeSpan.FromHours(2));
        var schedule = new PollSchedule(TimeSpan.FromHours(1), mark, new DateTimeOffset(2026, 1, 1, 6, 0, 0, TimeSpan.Zero));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 6, 30, 0, TimeSpan.Zero), schedule.Next);
    }
}
