namespace Rx.Connectors.Testing;

/// <summary>
/// Where moments stand on the axis: as far apart as their times are, where there is room for what is in them, and no further than a
/// limit. In whole numbers, so that it comes out the same everywhere.
/// </summary>
internal static class MarbleAxis
{
    private const int Fast = 4;
    private const int Shortened = 3;

    /// <param name="times">The moments' times, ascending.</param>
    /// <param name="needed">The least distance from each moment to the next.</param>
    /// <param name="most">The most distance of two moments, unless they need more; a third of it where it would not do.</param>
    /// <param name="limit">How far all of them may spread, unless they need more.</param>
    /// <returns>The distance from each moment to the next, and whether time is compressed there: cut off at the limit, or passing
    /// several times as fast as it mostly does.</returns>
    public static (int Distance, bool IsCompressed)[] Place(IReadOnlyList<long> times, IReadOnlyList<int> needed, int most, int limit)
    {
        // One scale is such that one pair has just the room it needs. The widest is taken with which most pairs are true to scale.
        var best = Scaled(times, needed, most, 0, 1);
        var bestScale = 0m;
        for (var i = 0; i < needed.Count; i++)
        {
            var ticks = times[i + 1] - times[i];
            var scale = (decimal)needed[i] / ticks;
            var placed = Scaled(times, needed, most, needed[i], ticks);
            if (scale > bestScale && placed.Count(static one => one.IsCompressed) <= (needed.Count + 3) / 4 &&
                placed.Sum(static one => (long)one.Distance) <= limit)
            {
                (best, bestScale) = (placed, scale);
            }
        }

        var speeds = best.Select((one, i) => (decimal)(times[i + 1] - times[i]) / one.Distance).ToArray();
        var usual = speeds.Order().ElementAtOrDefault(speeds.Length / 2);
        return [.. best.Zip(speeds, (one, speed) => (one.Distance, one.IsCompressed || speed > usual * Fast))];
    }

    private static (int Distance, bool IsCompressed)[] Scaled(
        IReadOnlyList<long> times, IReadOnlyList<int> needed, int most, int room, long ticks)
    {
        var placed = new (int, bool)[needed.Count];
        for (var i = 0; i < placed.Length; i++)
        {
            var allowed = Math.Max(needed[i], most);
            var wanted = (((Int128)(times[i + 1] - times[i]) * room) + ticks - 1) / ticks;
            placed[i] = wanted > allowed ? (Math.Max(needed[i], most / Shortened), true) : ((int)Int128.Max(needed[i], wanted), false);
        }

        return placed;
    }
}
