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
    public static void Check<T, TState>(
        Func<VirtualScheduler, ResumeState<TState>, StatefulSourcePartition<T, TState>> build, int seed = 1)
    {
        var uncut = Read(build, ResumeState<TState>.None, new Random(seed), int.MaxValue, out _, out var polls);
        for (var k = 0; k <= polls; k++)
        {
            var head = Read(build, ResumeState<TState>.None, new Random(seed), k, out var snapshot, out _);
            var tail = Read(build, snapshot, new Random(seed + k), int.MaxValue, out _, out _);
            Assert.True(
                uncut.SequenceEqual(head.Concat(tail)),
                $"cut after {k} polls at {snapshot}: [{string.Join(' ', head)}] + [{string.Join(' ', tail)}] " +
                $"is not [{string.Join(' ', uncut)}]");
        }
    }

    /// <summary>The same with a second cut somewhere in the resumed run.</summary>
    public static void CheckTwice<T, TState>(
        Func<VirtualScheduler, ResumeState<TState>, StatefulSourcePartition<T, TState>> build, int seed = 1)
    {
        var uncut = Read(build, ResumeState<TState>.None, new Random(seed), int.MaxValue, out _, out var polls);
        var random = new Random(seed);
        for (var k = 0; k <= polls; k++)
        {
            var first = Read(build, ResumeState<TState>.None, new Random(seed), k, out var one, out _);
            var second = Read(build, one, new Random(seed + k), random.Next(polls), out var two, out _);
            var third = Read(build, two, new Random(seed - k), int.MaxValue, out _, out _);
            Assert.True(
                uncut.SequenceEqual([.. first, .. second, .. third]),
                $"cut at {one} and {two}: [{string.Join(' ', first)}] + [{string.Join(' ', second)}] + " +
                $"[{string.Join(' ', third)}] is not [{string.Join(' ', uncut)}]");
        }
    }

    private static List<T> Read<T, TState>(
        Func<VirtualScheduler, ResumeState<TState>, StatefulSourcePartition<T, TState>> build, ResumeState<TState> resumeState,
        Random random, int most, out ResumeState<TState> snapshot, out int polls)
    {
        var clock = new VirtualScheduler();
        (var items, snapshot, polls) = clock.InOneAction(() => Read(clock, build, resumeState, random, most));
        return items;
    }

    private static (List<T> Items, ResumeState<TState> Snapshot, int Polls) Read<T, TState>(
        VirtualScheduler clock, Func<VirtualScheduler, ResumeState<TState>, StatefulSourcePartition<T, TState>> build,
        ResumeState<TState> resumeState, Random random, int most)
    {
        using var partition = build(clock, resumeState);
        var items = new List<T>();
        Assert.Equal(resumeState, partition.Snapshot());
        partition.Start(clock);
        Assert.Equal(resumeState, partition.Snapshot());
        var polls = 0;
        for (; polls < most; polls++)
        {
            clock.Pass(random.Next(4));
            if (partition.NextBatch() is not { } batch)
            {
                break;
            }

            items.AddRange(batch);
            Assert.Equal(partition.Snapshot(), partition.Snapshot());
        }

        return (items, partition.Snapshot(), polls);
    }
}
