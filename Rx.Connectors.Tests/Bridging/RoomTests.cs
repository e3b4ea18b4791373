using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S6: who waits for room gets it once there is some.</summary>
public sealed class RoomTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S6_Block_waits_until_there_is_room_for_a_whole_batch()
    {
        using var source = new Subject<IList<int>>();
        using var partition = Bridge.FromBatches(source)
            .ToPartition(new BridgeOptions { MaxBatchSize = 5, Capacity = 5, Overflow = OverflowPolicy.Block });
        partition.Start(_clock);
        _clock.At(10, () =>
        {
            source.OnNext([1]);
            source.OnNext([2, 3]);
            source.OnNext([4, 5, 6, 7]);
        });
        var polled = new List<string>();
        foreach (var at in new[] { 100, 200, 300 })
        {
            _clock.At(at, () => polled.Add($"{_clock.Clock}: {string.Join(' ', partition.NextBatch()!)}"));
        }

        _clock.Start();
        Assert.Equal(["100: 1", "200: 2 3", "300: 4 5 6 7"], polled);
    }

    [Fact]
    public void S6_a_paused_client_goes_on_where_what_waits_is_less_than_a_batch()
    {
        var client = new ScriptedClient<int>(_clock, Script.Items(Enumerable.Repeat(0L, 40), 0));
        using var partition = Bridge.From(client).Query(source => source.SelectMany(i => Enumerable.Range(i * 10, 6)))
            .ToPartition(new BridgeOptions { MaxBatchSize = 8, Capacity = 10, MaxBatchDelay = Timeout.InfiniteTimeSpan });
        using var host = new PollHost<int>(partition, _clock);
        _clock.Start();
        Assert.Equal(Enumerable.Range(0, 40).SelectMany(i => Enumerable.Range(i * 10, 6)), host.Items);
        Assert.True(host.IsComplete);
    }

    [Fact]
    public void S6_a_paused_client_goes_on_where_SelectAsyncs_results_are_dropped()
    {
        var client = new ScriptedClient<int>(_clock, Script.Items(Enumerable.Repeat(0L, 40), 0));
        using var partition = Bridge.From(client, i => i + 1)
            .Query(source => source.SelectAsync((i, _) => Later(5, i), 4).Where(i => i % 5 < 3))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 10, Capacity = 10, MaxBatchDelay = Timeout.InfiniteTimeSpan });
        using var host = new PollHost<int>(partition, _clock);
        _clock.Start();
        Assert.Equal(Enumerable.Range(0, 40).Where(i => i % 5 < 3), host.Items);
        Assert.True(host.IsComplete);
    }

    [Fact]
    public void S6_a_SelectAsync_that_the_query_has_let_go_gives_its_room_back()
    {
        using var enough = new Subject<Unit>();
        var client = new ScriptedClient<int>(_clock, Script.Items(Enumerable.Repeat(0L, 20), 0));
        using var partition = Bridge.From(client, i => i + 1)
            .Query(items => items.DroppingGaps(source => source.Publish(shared => shared.AsPositioned()
                .SelectAsync((_, _) => new TaskCompletionSource<int>().Task, 2).TakeUntil(enough)
                .Merge(shared.SkipUntil(enough)))))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 4, Capacity = 4, MaxBatchDelay = TimeSpan.Zero });
        using var host = new PollHost<int>(partition, _clock);
        _clock.At(10, () => enough.OnNext(Unit.Default));
        _clock.Start();
        Assert.Equal(Enumerable.Range(4, 16), host.Items);
        Assert.True(host.IsComplete);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    public void S6_DropOldest_drops_the_oldest_also_where_SelectAsync_holds_them(int maxConcurrency, bool twice)
    {
        using var source = new Subject<int>();
        var calls = new Dictionary<int, TaskCompletionSource<int>>();
        Task<int> Call(int i) => (calls[i] = new()).Task;
        using var partition = Bridge.From(source, i => i + 1)
            .Query(items => twice
                ? items.SelectAsync((i, _) => Task.FromResult(i), 1).SelectAsync((i, _) => Call(i), maxConcurrency)
                : items.SelectAsync((i, _) => Call(i), maxConcurrency))
            .ToPartition(ResumeState<int>.None, new BridgeOptions
            {
                MaxBatchSize = 4,
                Capacity = 4,
                MaxBatchDelay = TimeSpan.Zero,
                Overflow = OverflowPolicy.DropOldest,
            });
        partition.Start(_clock);
        for (var i = 0; i < 10; i++)
        {
            source.OnNext(i);
        }

        Assert.Equal(6, partition.Status.Dropped);
        while (calls.Values.FirstOrDefault(call => !call.Task.IsCompleted) is { } open)
        {
            open.SetResult(calls.First(call => call.Value == open).Key);
        }

        Assert.Equal([6, 7, 8, 9], partition.NextBatch());
        Assert.Equal(10, partition.Snapshot().GetValueOrDefault(0));
        Assert.Equal(0, partition.Status.Queued);
    }

    [Fact]
    public void S6_DropOldest_drops_what_waits_before_what_SelectAsync_holds()
    {
        using var source = new Subject<int>();
        var calls = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource<int>()).ToArray();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(items => items.SelectAsync((i, _) => calls[i].Task, 5))
            .ToPartition(ResumeState<int>.None, new BridgeOptions
            {
                MaxBatchSize = 3,
                Capacity = 3,
                MaxBatchDelay = TimeSpan.Zero,
                Overflow = OverflowPolicy.DropOldest,
            });
        partition.Start(_clock);
        source.OnNext(0);
        source.OnNext(1);
        calls[0].SetResult(0);
        calls[1].SetResult(1);
        source.OnNext(2);
        source.OnNext(3);
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal(1, partition.Status.Dropped);
        calls[2].SetResult(2);
        calls[3].SetResult(3);
        Assert.Equal([2, 3], partition.NextBatch());
    }

    private Task<int> Later(int delay, int value)
    {
        var later = new TaskCompletionSource<int>();
        _clock.At(_clock.Clock + delay, () => later.SetResult(value));
        return later.Task;
    }
}
