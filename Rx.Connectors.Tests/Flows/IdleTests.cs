using System.Reactive.Concurrency;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>What a flow does while it has nothing to do (F2). How much CPU that is, <c>Benchmarks -- compare idle</c> measures.</summary>
public sealed class IdleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task F2_a_source_that_can_tell_nothing_has_a_timer_a_poll_and_not_a_thousand(int partitions)
    {
        using var loop = new EventLoopScheduler();
        var timers = new CountedTimers(loop);
        var source = new Silent(partitions);
        var run = Start(source, new FlowOptions { Scheduler = timers });
        await RealPolls.Until(() => source.Polls > 20);
        var (polls, scheduled) = (source.Polls, timers.Count);
        await RealPolls.Until(() => source.Polls > polls + (200 * partitions));
        // For each the timer and the turn; and another pair where the timer came too early.
        Assert.InRange(timers.Count - scheduled, 1, 6 * (source.Polls - polls));
        run.Abort();
        _ = await run.Completion.WaitAsync(Times.Patience);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 3)]
    public void F2_it_is_polled_a_millisecond_after_a_poll_that_had_nothing_has_ended(int partitions, int milliseconds)
    {
        var clock = new VirtualScheduler();
        var source = new Silent(partitions)
        {
            Poll = () => clock.RunUntil(
                static () => false, ((IScheduler)clock).Now + TimeSpan.FromMilliseconds(milliseconds), "a poll that takes long"),
        };
        var run = Start(source, new FlowOptions { Scheduler = clock });
        clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.InRange(source.Polls, 1, (1_001 * partitions / Math.Max(1, milliseconds)) + 1);
        Assert.All(source.Each, polls => Assert.InRange(polls, source.Polls / partitions, (source.Polls / partitions) + 1));
        run.Abort();
        clock.AdvanceBy(TimeSpan.FromSeconds(20).Ticks);
    }

    private static FlowRun Start(FixedPartitionedSource<int, int> source, FlowOptions options)
    {
        var flow = new Dataflow("idle");
        flow.Input("in", source).Output("out", new TestingSink<int>());
        return flow.Start(options);
    }

    /// <summary>Has nothing, and can tell nothing.</summary>
    private sealed class Silent(int partitions) : FixedPartitionedSource<int, int>
    {
        private readonly int[] _each = new int[partitions];
        private int _polls;

        public Action? Poll { get; init; }

        public int Polls => Volatile.Read(ref _polls);

        public IReadOnlyList<int> Each => _each;

        public override IReadOnlyList<string> ListPartitions() => [.. Enumerable.Range(0, partitions).Select(i => $"{i}")];

        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            new Partition(this, partition[0] - '0');

        private sealed class Partition(Silent source, int number) : StatefulSourcePartition<int, int>
        {
            public override IReadOnlyList<int> NextBatch()
            {
                source._each[number]++;
                Interlocked.Increment(ref source._polls);
                source.Poll?.Invoke();
                return [];
            }

            public override ResumeState<int> Snapshot() => ResumeState<int>.None;
        }
    }
}
