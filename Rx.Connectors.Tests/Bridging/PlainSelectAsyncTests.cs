using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary><c>SelectAsync</c> in a bridge without positions.</summary>
public sealed class PlainSelectAsyncTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly Dictionary<int, TaskCompletionSource<int>> _calls = [];

    [Fact]
    public void Results_leave_in_order_and_no_more_calls_run_than_may()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source).Query(all => all.Where(i => i > 0).SelectAsync(Call, 2)).ToPartition(Eager(100));
        partition.Start(_clock);
        Send(source, 0, 1, 2, 3);
        Assert.Equal([1, 2], _calls.Keys);
        _calls[2].SetResult(20);
        Assert.Empty(partition.NextBatch()!);
        Assert.Equal([1, 2, 3], _calls.Keys);
        _calls[1].SetResult(10);
        Assert.Equal([10, 20], partition.NextBatch());
        source.OnCompleted();
        _calls[3].SetResult(30);
        Assert.Equal([30], partition.NextBatch());
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void S6_what_waits_for_a_call_counts_as_waiting()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 100).Select(i => new Step(0, i)));
        using var partition = Bridge.From(client).Query(all => all.SelectAsync(Call, 2)).ToPartition(Eager(10));
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(10, client.Delivered);
    }

    [Fact]
    public void S6_DropOldest_drops_the_oldest_of_two_in_a_row()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source)
            .Query(all => all.SelectAsync((i, _) => Task.FromResult(i), 1).SelectMany(i => new[] { i, i }).SelectAsync(Call, 10))
            .ToPartition(new BridgeOptions { MaxBatchSize = 2, Capacity = 4, Overflow = OverflowPolicy.DropOldest });
        partition.Start(_clock);
        Send(source, 1, 2, 3);
        Assert.Equal(2, partition.Status.Dropped);
    }

    [Fact]
    public void S3_a_call_that_fails_comes_after_the_results_before_it_and_closing_cancels()
    {
        using var source = new Subject<int>();
        var cancelled = 0;
        var partition = Bridge.From(source).Query(all => all.SelectAsync((i, stop) =>
        {
            stop.Register(() => cancelled++);
            return Call(i, stop);
        }, 3)).ToPartition(Eager(100));
        partition.Start(_clock);
        Send(source, 1, 2, 3);
        _calls[2].SetException(new IOException());
        _calls[1].SetResult(1);
        Assert.Equal([1], partition.NextBatch());
        Assert.Throws<IOException>(partition.NextBatch);
        partition.Dispose();
        Assert.InRange(cancelled, 1, 3);
    }

    private static BridgeOptions Eager(int capacity) => new() { MaxBatchSize = 10, Capacity = capacity, MaxBatchDelay = TimeSpan.Zero };

    private static void Send(Subject<int> source, params int[] items) => Array.ForEach(items, source.OnNext);

    private Task<int> Call(int i, CancellationToken stop)
    {
        _calls[i] = new();
        return _calls[i].Task;
    }
}
