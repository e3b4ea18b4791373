using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Sources;

/// <summary>P26, P27: a source of what a test gives it, and polling by hand.</summary>
public sealed class TestingSourceTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void P26_a_sequence_is_read_no_further_than_it_is_polled_and_anew_by_each_run()
    {
        var read = 0;
        var source = new TestingSource<int>(Endless()) { MaxBatchSize = 3 };
        using (var partition = Build(source, default))
        {
            Assert.Equal(0, read);
            Assert.Equal([0, 1, 2], partition.NextBatch());
            Assert.Equal([3, 4, 5], partition.NextBatch());
            Assert.Equal(6, read);
        }

        using var next = Build(source, 4);
        Assert.Equal([4, 5, 6], next.NextBatch());

        IEnumerable<TestingItem<int>> Endless()
        {
            for (var i = 0; ; i++)
            {
                read++;
                yield return i;
            }
        }
    }

    [Fact]
    public void P26_S3_what_a_sequence_throws_comes_after_its_items_every_time()
    {
        using var partition = Build(new TestingSource<int>(Failing()) { MaxBatchSize = 10 }, default);
        Assert.Equal([1, 2], partition.NextBatch());
        Assert.Throws<IOException>(partition.NextBatch);
        Assert.Throws<IOException>(partition.NextBatch);
        Assert.Equal(2, partition.Snapshot());

        static IEnumerable<TestingItem<int>> Failing()
        {
            yield return 1;
            yield return 2;
            throw new IOException("no");
        }
    }

    [Fact]
    public void P27_a_sink_can_have_a_list_of_the_tests_own()
    {
        var own = new List<int> { 0 };
        var sink = new TestingSink<int>(own);
        using var partition = sink.Build("out", 0, 1);
        partition.WriteBatch([1, 2]);
        Assert.Equal([0, 1, 2], own);
        Assert.Equal(own, sink.Items);
    }

    [Fact]
    public void P26_sentinels_end_the_batch_and_act_on_the_next_poll()
    {
        var source = new TestingSource<int>(1, 2, TestingItem.Eof, 3, TestingItem.Abort, 4) { MaxBatchSize = 10 };
        using var first = Build(source, default);
        Assert.Equal(["iterable"], source.ListPartitions());
        Assert.Equal([1, 2], first.NextBatch());
        Assert.Equal(2, first.Snapshot());
        Assert.Null(first.NextBatch());
        Assert.Null(first.NextBatch());
        Assert.Equal(3, first.Snapshot());

        using var second = Build(source, 3);
        Assert.Equal([3], second.NextBatch());
        Assert.Throws<AbortFlowException>(second.NextBatch);
        Assert.Equal(4, second.Snapshot());

        using var third = Build(source, 4);
        Assert.Equal([], third.NextBatch());
        Assert.Equal([4], third.NextBatch());
        Assert.Null(third.NextBatch());
        Assert.Equal(6, third.Snapshot());
    }

    [Fact]
    public void P26_a_pause_lasts_as_long_as_it_says()
    {
        using var partition = Build(new TestingSource<int>(1, TestingItem.Pause(5.Ticks()), 2), default);
        Assert.Equal(ResumeState<int>.None, partition.Snapshot());
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(_clock.Now.AddTicks(5), partition.NextAwake);
        Assert.Equal(1, partition.Snapshot());
        _clock.AdvanceBy(4);
        Assert.Equal([], partition.NextBatch());
        _clock.AdvanceBy(1);
        Assert.Equal([2], partition.NextBatch());
        Assert.Equal(3, partition.Snapshot());
    }

    [Fact]
    public void Items_known_by_an_interface_are_wrapped_by_hand()
    {
        using var partition = Build(
            new TestingSource<IReadOnlyList<int>>(TestingItem.Of<IReadOnlyList<int>>([1]), TestingItem.Eof), default);
        Assert.Equal([1], Assert.Single(partition.NextBatch()!));
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void What_is_not_allowed_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestingSource<int>(1) { MaxBatchSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => TestingItem.Pause((-1).Ticks()));
        Assert.Throws<ArgumentException>(() => new TestingSource<int>(1).BuildPartition("in", "other", default));
        Assert.Throws<InvalidDataException>(() => new TestingSource<int>(1).BuildPartition("in", "iterable", 2));
        var partition = Build(new TestingSource<int>(1), default);
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(partition.NextBatch);
        Assert.Throws<ObjectDisposedException>(() => partition.Snapshot());
    }

    [Fact]
    [Trait("speed", "slow")]
    public void P26_run_again_until_all_is_read_everything_arrives_exactly_once()
    {
        var item = Gen.Frequency(
            (6, Gen.Int[0, 1000].Select(i => (TestingItem<int>)i)),
            (1, Gen.Const((TestingItem<int>)TestingItem.Eof)),
            (1, Gen.Const((TestingItem<int>)TestingItem.Abort)),
            (1, Gen.Int[1, 50].Select(i => (TestingItem<int>)TestingItem.Pause(i.Ticks()))));
        Gen.Select(item.Array[0, 25], Gen.Int[1, 5], Gen.Int[0, 40], Gen.Int[1, 3]).Sample((items, batch, epoch, workers) =>
        {
            var clock = new VirtualScheduler();
            var store = new InMemoryRecoveryStore();
            var source = new TestingSource<int>(items) { MaxBatchSize = batch };
            var sink = new TestingPartitionedSink<int>("a", "b");
            var sentinels = items.Count(one => one.Kind is TestingItemKind.Eof or TestingItemKind.Abort);
            // A run that aborts may go back over an end, but never over the same abort.
            for (var run = 0; run <= 2 * sentinels + 1; run++)
            {
                RunOnce(clock, store, source, sink, epoch, workers);
            }

            var expected = items.Where(one => one.Kind == TestingItemKind.Item).Select(one => one.Value).ToList();
            Assert.Equal(expected.Where(i => i % 2 == 0), sink.ItemsOf("a").Concat(sink.ItemsOf("b")).Where(i => i % 2 == 0));
            Assert.Equal(expected.Order(), sink.Items.Order());
        }, iter: 500);
    }

    [Fact]
    public void P27_polls_when_the_partition_says_so_and_not_in_between()
    {
        using var partition = Build(new TestingSource<int>(1, TestingItem.Pause(TimeSpan.FromDays(3)), 2), default);
        Assert.Equal([1], partition.PollNextBatch(_clock));
        Assert.Throws<TimeoutException>(() => partition.PollNextBatch(_clock));
        Assert.Equal(TimeSpan.FromSeconds(10).Ticks, _clock.Clock);
        Assert.Equal([2], partition.PollNextBatch(_clock, TimeSpan.FromDays(3)));
        Assert.Equal(TimeSpan.FromDays(3).Ticks, _clock.Clock);
        Assert.Null(partition.PollNextBatch(_clock));
        Assert.InRange(_clock.Actions, 0, 20);
    }

    [Fact]
    public void P27_polls_after_a_signal_and_throws_what_the_partition_throws()
    {
        using var client = new Subject<int>();
        using var partition = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        _clock.At(50, () => client.OnNext(1));
        _clock.At(70, () => client.OnError(new IOException("reset")));
        Assert.Equal([1], partition.PollNextBatch(_clock));
        Assert.Equal(50, _clock.Clock);
        Assert.Equal("reset", Assert.Throws<IOException>(() => partition.PollNextBatch(_clock)).Message);
    }

    [Fact]
    public void P27_polls_on_a_real_clock_too()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var partition = Bridge.From(Slow()).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(DefaultScheduler.Instance);
        Assert.Equal([1], partition.PollNextBatch(DefaultScheduler.Instance, Times.Patience));
        Assert.Throws<TimeoutException>(() => partition.PollNextBatch(DefaultScheduler.Instance, TimeSpan.FromMilliseconds(1)));
        more.SetResult();
        Assert.Equal([2], partition.PollNextBatch(DefaultScheduler.Instance, Times.Patience));
        Assert.Null(partition.PollNextBatch(DefaultScheduler.Instance, Times.Patience));

        async IAsyncEnumerable<int> Slow()
        {
            await Task.Yield();
            yield return 1;
            await more.Task;
            yield return 2;
        }
    }

    [Fact]
    public void P27_polls_on_Rx_s_own_virtual_time()
    {
        var clock = new Microsoft.Reactive.Testing.TestScheduler();
        using var partition = Build(new TestingSource<int>(TestingItem.Pause(5.Ticks()), 2), default, clock);
        Assert.Equal([2], partition.PollNextBatch(clock.WithWait()));
        Assert.Throws<ArgumentException>(() => partition.PollNextBatch(clock));
    }

    private static void RunOnce(
        VirtualScheduler clock, IRecoveryStore store, TestingSource<int> source, TestingPartitionedSink<int> sink, int epoch, int workers)
    {
        var flow = new Dataflow("again");
        flow.Input("in", source).Output("out", sink, item => item % 2 == 0 ? "x" : "y");
        try
        {
            clock.RunToEnd(flow.Start(new FlowOptions
            {
                Scheduler = clock,
                Workers = workers,
                EpochInterval = epoch.Ticks(),
                Recovery = new RecoveryOptions { Store = store },
            }));
        }
        catch (AbortFlowException)
        {
            // As the source was told.
        }
    }

    private StatefulSourcePartition<T, int> Build<T>(TestingSource<T> source, ResumeState<int> resume, IScheduler? clock = null)
    {
        var partition = source.BuildPartition("in", "iterable", resume);
        partition.Start(clock ?? _clock);
        return partition;
    }
}
