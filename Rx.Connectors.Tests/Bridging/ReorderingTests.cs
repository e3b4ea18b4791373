using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S12: a query that lets items out in another order than they came in is caught.</summary>
public sealed class ReorderingTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly Subject<int> _source = new();

    [Fact]
    public void S12_an_item_that_was_overtaken_fails_the_source_and_both_positions_are_named()
    {
        using var host = Host(items => items.DroppingGaps(all => all.SelectMany(item => Observable.Timer((30 - item.Value).Ticks(), _clock).Select(_ => item))));
        Send(10, 20);
        _clock.Start();
        Assert.Equal([20], host.Items);
        Assert.StartsWith(
            "The query let out the item at position 11 after the item at position 21, though it came in before (rule S12).",
            Assert.IsType<PositionOrderException>(host.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S12_SelectAsync_keeps_the_order_that_SelectMany_over_tasks_does_not()
    {
        using var host = Host(items => items.SelectAsync(
            async (i, _) =>
            {
                await Observable.Timer((30 - i).Ticks(), _clock);
                return i;
            },
            maxConcurrency: 4));
        Send(10, 20, 5, 25);
        _clock.Start();
        Assert.Equal([10, 20, 5, 25], host.Items);
        Assert.Null(host.Error);
    }

    [Fact]
    public void S12_an_item_that_comes_out_again_after_the_position_has_passed_it_is_caught()
    {
        using var host = Host(items => items.Publish(shared => shared.Merge(shared.Delay(5.Ticks(), _clock))));
        Send(1);
        _clock.Start();
        Assert.Equal([1], host.Items);
        Assert.Contains("a second time", Assert.IsType<PositionOrderException>(host.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S12_an_item_made_anew_inside_the_query_is_refused()
    {
        using var host = Host(items => Observable.Select(items, item => new Positioned<int, int>(item.Value, item.Position)));
        Send(1);
        _clock.Start();
        Assert.Contains(
            "did not come in through its source", Assert.IsType<PositionOrderException>(host.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S12_sorting_inside_a_buffer_is_caught()
    {
        using var host = Host(items => items.DroppingGaps(all => all.Buffer(3).SelectMany(three => three.OrderByDescending(item => item.Value))));
        Send(1, 2, 3);
        _clock.Start();
        Assert.Equal([3], host.Items);
        Assert.IsType<PositionOrderException>(host.Error);
    }

    [Fact]
    public void S12_a_source_read_in_two_places_without_Publish_is_refused()
    {
        using var host = Host(items => Observable.Merge(items, items));
        _clock.Start();
        Assert.Contains("Publish", Assert.IsType<InvalidOperationException>(host.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SelectAsync_runs_no_more_than_it_may_and_its_inputs_count_as_waiting()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 100).Select(i => new Step(0, i)));
        var running = 0;
        var most = 0;
        using var partition = Bridge.From(client, i => i + 1)
            .Query(items => items.SelectAsync(
                async (i, _) =>
                {
                    most = Math.Max(most, ++running);
                    await Observable.Timer(10.Ticks(), _clock);
                    running--;
                    return i;
                },
                maxConcurrency: 3))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 5, Capacity = 20 });
        partition.Start(_clock);
        _clock.AdvanceTo(5);
        Assert.Equal(20, client.Delivered);
        Assert.Equal(3, running);
        _clock.Start();
        Assert.Equal(3, most);
        Assert.Equal(20, client.Delivered);
    }

    [Fact]
    public void SelectAsync_hands_out_what_came_before_a_failed_call()
    {
        using var host = Host(items => items.SelectAsync(
            async (i, _) =>
            {
                await Observable.Timer((10 - i).Ticks(), _clock);
                return i == 3 ? throw new IOException("call 3") : i;
            },
            maxConcurrency: 10));
        Send(1, 2, 3, 4, 5);
        _clock.Start();
        Assert.Equal([1, 2], host.Items);
        Assert.Equal("call 3", Assert.IsType<IOException>(host.Error).Message);
    }

    [Fact]
    public void SelectAsync_cancels_its_calls_when_the_partition_is_closed()
    {
        var token = CancellationToken.None;
        var host = Host(items => items.SelectAsync(
            (i, cancellation) =>
            {
                token = cancellation;
                return new TaskCompletionSource<int>().Task;
            },
            maxConcurrency: 1));
        Send(1);
        _clock.Start();
        Assert.False(token.IsCancellationRequested);
        host.Dispose();
        Assert.True(token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(OverflowPolicy.Fail, 3)]
    [InlineData(OverflowPolicy.DropWrite, 3)]
    [InlineData(OverflowPolicy.DropOldest, 5)]
    public void SelectAsync_of_a_hot_source_is_bounded_by_the_capacity(OverflowPolicy policy, int begun)
    {
        var calls = new List<TaskCompletionSource<int>>();
        using var partition = Bridge.From(_source, i => i + 1)
            .Query(items => items.SelectAsync(
                (_, _) =>
                {
                    calls.Add(new TaskCompletionSource<int>());
                    return calls[^1].Task;
                },
                maxConcurrency: 100))
            .ToPartition(
                ResumeState<int>.None,
                new BridgeOptions { MaxBatchSize = 1, Capacity = 3, Overflow = policy, MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        Send(1, 2, 3, 4, 5);
        Assert.Equal(begun, calls.Count);
        if (policy == OverflowPolicy.Fail)
        {
            Assert.Throws<BridgeOverflowException>(partition.NextBatch);
        }
        else
        {
            Assert.Equal(2, partition.Status.Dropped);
        }
    }

    private void Send(params int[] items)
    {
        foreach (var item in items)
        {
            _source.OnNext(item);
        }
    }

    private PollHost<int> Host(Func<PositionedObservable<int, int>, IObservable<Positioned<int, int>>> query) => new(
        Bridge.From(_source, i => i + 1).Query(query).ToPartition(
            ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }),
        _clock);
}
