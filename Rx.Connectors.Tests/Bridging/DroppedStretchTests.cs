using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>A restart does not read a long dropped stretch again, whatever has dropped it.</summary>
public sealed class DroppedStretchTests
{
    private const int Dropped = 50_000;

    private static readonly Dictionary<string, Func<PositionedObservable<int, int>, IObservable<Positioned<int, int>>>> _queries = new()
    {
        ["Where"] = source => source.Where(i => i == 0),
        ["SelectMany, Where"] = source => source.SelectMany(i => new[] { i }).Where(i => i == 0),
        ["SelectMany in two, Where"] = source => source.SelectMany(i => new[] { i, i + 1 }).Where(i => i == 0),
        ["SelectMany of one part, Where of the other"] = source => source.SelectMany(i => new[] { i, 0 }).Where(i => i == 1).Where(i => i == 0),
        ["DistinctUntilChanged"] = source => source.Select(_ => 7).DistinctUntilChanged(),
        ["DistinctUntilChanged by a key"] = source => source.DistinctUntilChanged(i => i < 0),
        ["Rx, at once"] = source => source.DroppingAtOnce(all => all.DistinctUntilChanged(item => item.Value < 0)),
        ["Rx on parts, at once"] = source => source.SelectMany(i => new[] { i, i }).DroppingAtOnce(all => all.Where(item => item.Value == 0)),
        ["Gather, Where"] = source => source.Gather(10).Where(ten => ten[0] == 0).Select(ten => ten[0]),
        ["Alternately"] = source => source.Where(i => i % 2 == 0).Select(i => i).Where(i => i == 0),
    };

    public static TheoryData<string> Queries => [.. _queries.Keys];

    [Theory]
    [MemberData(nameof(Queries))]
    [Trait("speed", "slow")]
    public void S5_S13_after_a_long_dropped_stretch_the_position_is_at_most_a_few_thousand_before(string query)
    {
        var clock = new VirtualScheduler();
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1).Query(_queries[query])
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        using var host = new PollHost<int>(partition, clock);
        for (var i = 0; i < Dropped; i++)
        {
            source.OnNext(i);
            if (i % 100 == 0)
            {
                clock.AdvanceBy(1);
            }
        }

        clock.AdvanceBy(1);
        Assert.Null(host.Error);
        Assert.InRange(partition.Snapshot().Value, Dropped - 3_000, Dropped);
        Assert.InRange(host.Polls, 1, 300);
    }
}
