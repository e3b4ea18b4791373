using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S6: what waits is bounded.</summary>
public sealed class CapacityTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S6_an_async_stream_is_pulled_only_while_there_is_room()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 1_000).Select(i => new Step(0, i)));
        using var partition = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchSize = 10, Capacity = 40 });
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(40, client.Delivered);
        Assert.Equal(40, partition.Status.Queued);

        // It is not woken for every item, but when a quarter of them is left.
        for (var poll = 0; poll < 2; poll++)
        {
            partition.NextBatch();
            _clock.Start();
            Assert.Equal(40, client.Delivered);
        }

        partition.NextBatch();
        _clock.Start();
        Assert.Equal(70, client.Delivered);
        Assert.Equal(40, partition.Status.Queued);
    }

    [Fact]
    public void S6_what_an_operator_holds_takes_room_from_the_items_that_follow_at_once()
    {
        var sent = 0;
        // At once, so that nothing but the bridge itself stops it: the second item is in a batch, the others are in their calls.
        var stream = Enumerable.Range(0, 50).ToAsyncEnumerable().Select(i => sent = i + 1);
        var never = new TaskCompletionSource<int>();
        using var partition = Bridge.From(stream, i => i)
            .Query(source => source.SelectAsync((i, _) => i <= 2 ? Task.FromResult(i) : never.Task, 20))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 8, Capacity = 10 });
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(10, sent);
        Assert.Equal(2, partition.Status.Queued);
    }

    [Fact]
    public void S6_never_more_than_capacity_waits_whatever_the_polls() => Gen.Select(
        Gen.Int[1, 10], Gen.Int[0, 20], Gen.Int[0, 300], Gen.Int[0, 2], Gen.Int[0, 4].Array[1, 400]).Sample(
        (count, more, total, delay, actions) =>
        {
            var clock = new VirtualScheduler();
            var client = new ScriptedClient<int>(clock, Enumerable.Range(0, total).Select(i => new Step(i / 7, i)));
            using var partition = Bridge.From(client).ToPartition(
                new BridgeOptions { MaxBatchSize = count, Capacity = count + more, MaxBatchDelay = TimeSpan.FromTicks(delay) });
            partition.Start(clock);
            var handedOut = 0;
            clock.InOneAction(() =>
            {
                foreach (var action in actions)
                {
                    clock.Pass(1);
                    Assert.InRange(partition.Status.Queued, 0, count + more);
                    Assert.InRange(client.Delivered - handedOut, 0, count + more);
                    handedOut += action == 0 ? partition.NextBatch()?.Count ?? 0 : 0;
                }
            });
        },
        iter: 1_000);

    [Fact]
    public void S6_Fail_hands_out_what_waited_and_then_says_what_to_do()
    {
        using var source = new Subject<int>();
        using var partition = Partition(source, OverflowPolicy.Fail);
        Send(source, 7);
        Assert.False(source.HasObservers);
        Assert.Equal([0, 1, 2, 3, 4], Drain(partition, out var error));
        var overflow = Assert.IsType<BridgeOverflowException>(error);
        Assert.Equal(5, overflow.Capacity);
        Assert.Equal(
            "The source sent an item while 5 were waiting, which is the bridge's Capacity (rule S6). Poll more often, raise " +
            "Capacity, or choose another Overflow policy than Fail.",
            overflow.Message);
    }

    [Fact]
    public void S6_DropOldest_keeps_the_newest_and_counts_the_others()
    {
        using var source = new Subject<int>();
        using var partition = Partition(source, OverflowPolicy.DropOldest);
        Send(source, 12);
        source.OnCompleted();
        Assert.Equal(new SourceStatus { Queued = 5, Dropped = 7, QueuedSince = 0L.At() }, partition.Status);
        Assert.Equal([7, 8, 9, 10, 11], Drain(partition, out _));
    }

    [Fact]
    public void S6_DropNewest_keeps_the_oldest_and_counts_the_others()
    {
        using var source = new Subject<int>();
        using var partition = Partition(source, OverflowPolicy.DropWrite);
        Send(source, 12);
        source.OnCompleted();
        Assert.Equal(new SourceStatus { Queued = 5, Dropped = 7, QueuedSince = 0L.At() }, partition.Status);
        Assert.Equal([0, 1, 2, 3, 4], Drain(partition, out _));
    }

    [Theory]
    [InlineData(OverflowPolicy.DropOldest)]
    [InlineData(OverflowPolicy.DropWrite)]
    public void S6_dropped_and_handed_out_make_up_what_was_sent(OverflowPolicy policy) => Gen.Select(
        Gen.Int[1, 6], Gen.Int[0, 6], Gen.Int[0, 3].Array[0, 200]).Sample(
        (count, more, actions) =>
        {
            var clock = new VirtualScheduler();
            using var source = new Subject<int>();
            using var partition = Bridge.From(source).ToPartition(new BridgeOptions
            {
                MaxBatchSize = count,
                Capacity = count + more,
                MaxBatchDelay = TimeSpan.FromTicks(3),
                Overflow = policy,
            });
            partition.Start(clock);
            var sent = 0;
            var handedOut = new List<int>();
            foreach (var action in actions)
            {
                clock.AdvanceBy(1);
                if (action > 0)
                {
                    source.OnNext(sent++);
                }
                else
                {
                    handedOut.AddRange(partition.NextBatch()!);
                }
            }

            source.OnCompleted();
            handedOut.AddRange(Drain(partition, out _));
            Assert.Equal(sent, handedOut.Count + partition.Status.Dropped);
            Assert.Equal(handedOut.Order().Distinct(), handedOut);
        },
        iter: 2_000);

    [Fact]
    [Trait("speed", "slow")]
    public async Task S6_Block_holds_the_sender_up_until_there_is_room_and_loses_nothing()
    {
        using var source = new Subject<int>();
        await using var partition = Bridge.From(source).ToPartition(new BridgeOptions
        {
            MaxBatchSize = 5,
            Capacity = 5,
            MaxBatchDelay = TimeSpan.Zero,
            Overflow = OverflowPolicy.Block,
        });
        Assert.Equal([], partition.NextBatch());
        var mostWaiting = 0;
        var sender = Task.Run(() =>
        {
            Send(source, 10_000);
            source.OnCompleted();
        });
        var items = new List<int>();
        await partition.ReadToEndAsync(batch =>
        {
            mostWaiting = Math.Max(mostWaiting, partition.Status.Queued);
            items.AddRange(batch);
        });
        await sender;
        Assert.Equal(Enumerable.Range(0, 10_000), items);
        Assert.InRange(mostWaiting, 0, 5);
    }

    [Fact]
    public void S6_Block_runs_virtual_time_until_a_poll_makes_room()
    {
        using var source = new Subject<int>();
        using var partition = Partition(source, OverflowPolicy.Block);
        var polled = new List<int>();
        _clock.At(100, () => polled.AddRange(partition.NextBatch()!));
        _clock.At(50, () => Send(source, 7));
        _clock.Start();
        Assert.Equal([0, 1, 2], polled);
        Assert.Equal(4, partition.Status.Queued);
    }

    [Fact]
    public async Task S6_Block_lets_the_sender_go_when_the_partition_is_closed()
    {
        using var source = new Subject<int>();
        var partition = Bridge.From(source).ToPartition(new BridgeOptions { MaxBatchSize = 1, Capacity = 1, Overflow = OverflowPolicy.Block });
        partition.NextBatch();
        var sender = Task.Run(() => Send(source, 100));
        await RealPolls.Until(() => partition.Status.Queued == 1);
        partition.Dispose();
        await sender.WaitAsync(Times.Patience);
    }

    [Fact]
    public void S6_Block_fails_where_the_observable_floods_inside_Subscribe()
    {
        // A cold, synchronous observable sends on the thread that would have to poll.
        using var partition = Partition(Observable.Range(0, 100), OverflowPolicy.Block);
        Assert.Equal([0, 1, 2, 3, 4], Drain(partition, out var error));
        Assert.Contains("wait for itself", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OverflowPolicy.Fail, new[] { 0, 1, 2, 3, 4 }, true)]
    [InlineData(OverflowPolicy.DropWrite, new[] { 0, 1, 2, 3, 4 }, false)]
    [InlineData(OverflowPolicy.DropOldest, new[] { 3, 4, 5, 6, 7 }, false)]
    [InlineData(OverflowPolicy.Block, new[] { 0, 1, 2, 3, 4 }, true)]
    public void S6_holds_for_batches_that_the_user_gathered(OverflowPolicy policy, int[] expected, bool fails)
    {
        using var source = new Subject<IList<int>>();
        using var partition = Bridge.FromBatches(source).ToPartition(
            new BridgeOptions { MaxBatchSize = 3, Capacity = 5, Overflow = policy });
        partition.Start(_clock);
        source.OnNext([0, 1, 2]);
        if (policy == OverflowPolicy.Block)
        {
            // Waiting is no help for a batch that is larger than the bridge.
            source.OnNext([3, 4, 5, 6, 7, 8]);
        }
        else
        {
            source.OnNext([3, 4, 5, 6, 7]);
        }

        source.OnCompleted();
        Assert.Equal(expected, Drain(partition, out var error));
        Assert.Equal(fails, error is BridgeOverflowException);
    }

    [Fact]
    public void S6_a_flattened_item_comes_in_whole_and_only_its_own_parts_exceed_the_capacity()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 100).Select(i => new Step(0, i)));
        using var partition = Bridge.From(client)
            .Query(query => query.SelectMany(i => Enumerable.Range(i * 10, 10)))
            .ToPartition(new BridgeOptions { MaxBatchSize = 5, Capacity = 25, MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(3, client.Delivered);
        Assert.Equal(30, partition.Status.Queued);
        Assert.Equal(0, partition.Status.Dropped);
    }

    private static void Send(Subject<int> source, int count)
    {
        for (var i = 0; i < count; i++)
        {
            source.OnNext(i);
        }
    }

    private static List<int> Drain(SourcePartition<int> partition, out Exception? error)
    {
        var items = new List<int>();
        error = null;
        try
        {
            while (partition.NextBatch() is { } batch)
            {
                items.AddRange(batch);
            }
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        return items;
    }

    private StatelessSourcePartition<int> Partition(IObservable<int> source, OverflowPolicy policy)
    {
        var partition = Bridge.From(source).ToPartition(new BridgeOptions { MaxBatchSize = 3, Capacity = 5, Overflow = policy });
        partition.Start(_clock);
        return partition;
    }
}
