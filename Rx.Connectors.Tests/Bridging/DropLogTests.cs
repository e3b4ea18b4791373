using CsCheck;
using Rx.Connectors.Bridging;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>The inputs that a query dropped, beside a set of all of them.</summary>
public sealed class DropLogTests
{
    private const int Last = 24;

    [Fact]
    public void S13_whatever_is_dropped_in_whatever_order_it_covers_what_a_set_would() =>
        Gen.Select(Gen.Shuffle(Enumerable.Range(1, Last).ToArray()), Gen.Int[0, Last], Gen.Int[0, Last], Gen.Int[1, Last + 1]).Sample(
            (order, count, after, before) =>
            {
                var log = new DropLog<string>(int.MaxValue, static () => { });
                var dropped = order[..count].ToHashSet();
                foreach (var entry in order[..count])
                {
                    log.Dropped(entry, $"at {entry}");
                }

                Assert.Equal(count > 0, log.IsUsed);
                Assert.Equal(
                    Enumerable.Range(after + 1, Math.Max(0, before - after - 1)).All(dropped.Contains), log.Covers(after, before, []));
                var end = after;
                while (dropped.Contains(end + 1))
                {
                    end++;
                }

                Assert.Equal(end > after, log.TryFollow(after, out var to, out var position));
                Assert.Equal(end > after ? $"{end} at {end}" : "0 ", $"{to} {position}");
            },
            iter: 3_000);

    [Fact]
    public void Inputs_whose_positions_are_not_known_are_covered_and_the_position_goes_as_far_as_one_is_known()
    {
        var log = new DropLog<string>(int.MaxValue, static () => { });
        log.Dropped(1, 3);
        Assert.True(log.Covers(0, 4, []));
        Assert.False(log.TryFollow(0, out _, out _));
        log.Dropped(4, "at 4");
        log.Dropped(5, 6);
        Assert.True(log.TryFollow(0, out var to, out var position));
        Assert.Equal((4, "at 4"), (to, position));
        // A range that is none.
        log.Dropped(8, 7);
        Assert.False(log.Covers(0, 8, []));
    }

    [Fact]
    public void What_others_hold_fills_the_gaps()
    {
        var log = new DropLog<string>(int.MaxValue, static () => { });
        log.Dropped(2, 3);
        log.Dropped(6, 6);
        Assert.True(log.Covers(0, 8, [new InputRange(1, 1), new InputRange(4, 5), new InputRange(7, 7)]));
        Assert.False(log.Covers(0, 8, [new InputRange(1, 1), new InputRange(4, 4), new InputRange(7, 7)]));
    }

    [Fact]
    public void What_is_held_counts_when_the_sending_is_over_and_not_if_it_broke()
    {
        var log = new DropLog<string>(int.MaxValue, static () => { });
        log.Hold(1, "one");
        Assert.False(log.Covers(0, 2, []));
        log.Settle(isBroken: false);
        Assert.True(log.Covers(0, 2, []));
        log.Hold(2, "two");
        log.Settle(isBroken: true);
        log.Settle(isBroken: false);
        Assert.False(log.Covers(1, 3, []));
    }

    [Fact]
    public void After_many_unseen_drops_it_asks_for_a_poll_and_looking_begins_the_count_again()
    {
        var nudges = 0;
        var log = new DropLog<string>(3, () => nudges++);
        log.Dropped(1, "1");
        log.Dropped(2, "2");
        Assert.True(log.TryFollow(0, out _, out _));
        log.Dropped(3, "3");
        log.Dropped(4, "4");
        Assert.Equal(0, nudges);
        log.Dropped(5, "5");
        Assert.Equal(1, nudges);
    }
}
