using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>
/// Rule S5 as a check: for every k, k batches, a snapshot, a partition rebuilt from it and read to its end give what the uncut
/// run gives. A random walk of the clock between polls makes batches of all sizes.
/// </summary>
internal static class CutAnywhere
{
    public static void Check<T, TPosition>(
        Func<VirtualScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build, int seed = 1)
    {
        var uncut = Read(build, ResumeState<TPosition>.None, new Random(seed));
        for (var k = 0; k < uncut.Cuts.Count; k++)
        {
            var head = uncut.CutAfter(k);
            var tail = Read(build, head.Snapshot, new Random(seed + k));
            AssertSame(uncut, [head, tail.Whole]);
        }
    }

    /// <summary>The same with a second cut somewhere in the resumed run.</summary>
    public static void CheckTwice<T, TPosition>(
        Func<VirtualScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build, int seed = 1)
    {
        var uncut = Read(build, ResumeState<TPosition>.None, new Random(seed));
        var random = new Random(seed);
        for (var k = 0; k < uncut.Cuts.Count; k++)
        {
            var first = uncut.CutAfter(k);
            var second = Read(build, first.Snapshot, new Random(seed + k), random.Next(uncut.Cuts.Count - 2)).Whole;
            var third = Read(build, second.Snapshot, new Random(seed - k)).Whole;
            AssertSame(uncut, [first, second, third]);
        }
    }

    private static void AssertSame<T, TPosition>(Run<T, TPosition> uncut, Piece<T, TPosition>[] pieces) => Assert.True(
        uncut.Items.SequenceEqual(pieces.SelectMany(static piece => piece.Items)),
        $"cut at {string.Join(" and ", pieces[..^1].Select(static piece => piece.Snapshot))}: " +
        $"{string.Join(" + ", pieces.Select(static piece => $"[{string.Join(' ', piece.Items)}]"))} is not [{string.Join(' ', uncut.Items)}]");

    private static Run<T, TPosition> Read<T, TPosition>(
        Func<VirtualScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build, ResumeState<TPosition> resumeState,
        Random random, int most = int.MaxValue)
    {
        var clock = new VirtualScheduler();
        return clock.InOneAction(() =>
        {
            using var partition = build(clock, resumeState);
            return Read(clock, partition, resumeState, random, most);
        });
    }

    private static Run<T, TPosition> Read<T, TPosition>(
        VirtualScheduler clock, StatefulSourcePartition<T, TPosition> partition, ResumeState<TPosition> resumeState, Random random, int most)
    {
        Assert.Equal(resumeState, partition.Snapshot());
        partition.Start(clock);
        Assert.Equal(resumeState, partition.Snapshot());
        var run = new Run<T, TPosition>([], [(0, resumeState)]);
        for (var polls = 0; polls < most; polls++)
        {
            clock.Pass(random.Next(4));
            if (partition.NextBatch() is not { } batch)
            {
                run.Cuts.Add((run.Items.Count, partition.Snapshot()));
                break;
            }

            run.Items.AddRange(batch);
            run.Cuts.Add((run.Items.Count, partition.Snapshot()));
            Assert.Equal(partition.Snapshot(), partition.Snapshot());
        }

        return run;
    }

    /// <summary>A run: what it handed out, and how much that was and which position before the first poll and after each.</summary>
    private sealed record Run<T, TPosition>(List<T> Items, List<(int Items, ResumeState<TPosition> Snapshot)> Cuts)
    {
        public Piece<T, TPosition> Whole => CutAfter(Cuts.Count - 1);

        public Piece<T, TPosition> CutAfter(int polls) => new(Items[..Cuts[polls].Items], Cuts[polls].Snapshot);
    }

    private sealed record Piece<T, TPosition>(List<T> Items, ResumeState<TPosition> Snapshot);
}
