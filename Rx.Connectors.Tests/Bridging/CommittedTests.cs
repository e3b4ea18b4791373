using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>A client behind a bridge hears of its own positions that are committed.</summary>
public sealed class CommittedTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<int> _heard = [];

    private PositionedSourceBridge<int, int> Numbers =>
        Bridge.From(new ScriptedClient<int>(_clock, Enumerable.Range(0, 10).Select(i => new Step(0, i))), i => i + 1);

    [Fact]
    public void S11_a_client_hears_its_committed_positions()
    {
        using var partition = Numbers.ToPartition(ResumeState<int>.None, Of(4), _heard.Add);
        Poll(partition);
        Assert.Empty(_heard);
        partition.OnCommitted(partition.Snapshot().Value);
        Poll(partition);
        partition.OnCommitted(partition.Snapshot().Value);
        Assert.Equal([4, 8], _heard);
    }

    [Fact]
    public void S11_behind_a_query_a_client_hears_its_own_positions() => Gen.Int[1, 7].Sample(count =>
    {
        var clock = new VirtualScheduler();
        var heard = new List<int>();
        var client = new ScriptedClient<int>(clock, Enumerable.Range(0, 10).Select(i => new Step(0, i)));
        using var partition = Bridge.From(client, i => i + 1)
            .Query(source => source.Where(i => i % 2 == 1).SelectMany(i => new[] { i, i, i }))
            .ToPartition(ResumeState<int>.None, Of(count), heard.Add);
        partition.Start(clock);
        var items = new List<int>();
        while (items.Count < 15)
        {
            clock.AdvanceBy(1);
            items.AddRange(partition.NextBatch()!);
            var snapshot = partition.Snapshot();
            if (snapshot.TryGetValue(out var position))
            {
                partition.OnCommitted(position);
            }

            // Never further than the inputs of which every part was handed out.
            Assert.True(heard.LastOrDefault() <= (items.Count / 3 * 2) + 1);
        }

        Assert.Equal(10, heard[^1]);
        Assert.Equal(heard.Order(), heard);
    });

    private static BridgeOptions Of(int count) => new() { MaxBatchSize = count, MaxBatchDelay = TimeSpan.Zero };

    private void Poll(StatefulSourcePartition<int, int> partition)
    {
        partition.Start(_clock);
        _clock.AdvanceBy(1);
        partition.NextBatch();
    }
}
