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
            .ToPartition(new BridgeOptions { MaxCount = 5, Capacity = 5, Overflow = OverflowPolicy.Block });
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
            .ToPartition(new BridgeOptions { MaxCount = 8, Capacity = 10, MaxDelay = Timeout.InfiniteTimeSpan });
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
            .ToPartition(ResumeState<QueryPosition<int>>.None, new BridgeOptions { MaxCount = 10, Capacity = 10, MaxDelay = Timeout.InfiniteTimeSpan });
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
            .Query(items => items.Publish(shared => shared.AsPositioned()
                .SelectAsync((_, _) => new TaskCompletionSource<int>().Task, 2).TakeUntil(enough)
                .Merge(shared.SkipUntil(enough))))
            .ToPartition(ResumeState<QueryPosition<int>>.None, new BridgeOptions { MaxCount = 4, Capacity = 4, MaxDelay = TimeSpan.Zero });
        using var host = new PollHost<int>(partition, _clock);
        _clock.At(10, () => enough.OnNext(Unit.Default));
        _clock.Start();
        Assert.Equal(Enumerable.Range(4, 16), host.Items);
        Assert.True(host.IsComplete);
    }

    private Task<int> Later(int delay, int value)
    {
        var later = new TaskCompletionSource<int>();
        _clock.At(_clock.Clock + delay, () => later.SetResult(value));
        return later.Task;
    }
}
