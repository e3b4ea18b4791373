using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>Rules S11 and Q1, in every order of polls, snapshots, commits, failures and closing.</summary>
[Trait("speed", "slow")]
public sealed class AcknowledgingPropertyTests
{
    private const int Deliveries = 40;

    private enum Do
    {
        Advance,
        Poll,
        Snapshot,
        Commit,
        CommitAgain,
    }

    // What leaves the query per delivery must be known, to tell what was handed out whole: (query, items of a delivery).
    private static readonly (string Name, Func<PositionedObservable<int, long>, IObservable<Positioned<int, long>>> Query, Func<int, int> Items)[] _queries =
    [
        ("all", source => source, _ => 1),
        ("dropping", source => source.Where(i => i % 3 == 0), i => i % 3 == 0 ? 1 : 0),
        ("dropping by Rx", source => source.DroppingGaps(all => all.Where(p => p.Value % 3 == 0)), i => i % 3 == 0 ? 1 : 0),
        ("splitting", source => source.SelectMany(i => Enumerable.Repeat(i, i % 4)), i => i % 4),
    ];

    private static readonly Gen<(int Query, long Before, int Count, int Most, long AckTime, int FailsAt, Do[] Plan, int[] Amounts)> _runs =
        Gen.Select(
            Gen.Int[0, _queries.Length - 1], Gen.Long[0, 3].Select(i => i * 7), Gen.Int[1, 5], Gen.Int[5, 20], Gen.Long[0, 4],
            Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 4])), Gen.Enum<Do>().Array[5, 60], Gen.Int[0, 6].Array[60]);

    [Fact]
    public void S11_Q1_what_is_acknowledged_is_what_is_committed_and_all_else_is_given_back() => _runs.Sample(
        run =>
        {
            var clock = new VirtualScheduler();
            var steps = Enumerable.Range(0, Deliveries).Select(i => new Step(i / 3, i)).Append(new Step(Deliveries / 2, null, Ends: true));
            var consumer = new TestConsumer(clock, steps) { AckTime = run.AckTime, FailsAt = run.FailsAt };
            var (_, query, itemsOf) = _queries[run.Query];
            var source = new TestSource<int>(
                _ => consumer, query, 1, new AcknowledgingOptions { MaxUnacked = run.Most },
                new BridgeOptions { MaxBatchSize = run.Count, MaxBatchDelay = 2.Ticks() });
            var resume = run.Before == 0 ? ResumeState<long>.None : run.Before;
            var partition = source.BuildPartition("in", "consumer-0", resume);
            partition.Start(clock);
            if (run.Before > 0)
            {
                // A partition that was built from a stored position hears of that one first.
                partition.OnCommitted(run.Before);
            }

            var handedOut = 0;
            var committed = run.Before;
            var snapshots = new Queue<long>();
            var failed = false;
            for (var i = 0; i < run.Plan.Length && !failed; i++)
            {
                switch (run.Plan[i])
                {
                    case Do.Advance:
                        clock.AdvanceBy(run.Amounts[i]);
                        break;
                    case Do.Poll:
                        failed = Poll(partition, ref handedOut);
                        break;
                    case Do.Snapshot when partition.Snapshot().TryGetValue(out var position):
                        AssertHandedOutWhole(position - run.Before, handedOut, itemsOf);
                        snapshots.Enqueue(position);
                        break;
                    case Do.Commit when snapshots.TryDequeue(out var durable):
                        partition.OnCommitted(committed = durable);
                        break;
                    case Do.CommitAgain:
                        partition.OnCommitted(committed);
                        break;
                }

                AssertAcked(consumer, committed - run.Before);
                Assert.InRange(consumer.Client.Delivered - consumer.Acked.Count, 0, run.Most);
            }

            Assert.Equal(failed, consumer.FailsAt > 0 && consumer.AckCalls >= consumer.FailsAt && failed);
            var closed = partition.DisposeAsync().AsTask();
            clock.Start();
            Assert.True(closed.IsCompleted);
            AssertAcked(consumer, committed - run.Before);
            if (run.FailsAt == 0 || consumer.AckCalls < run.FailsAt)
            {
                Assert.True(closed.IsCompletedSuccessfully);
                Assert.Equal(Enumerable.Range(0, (int)(committed - run.Before)), consumer.Acked);
            }
            else
            {
                Assert.Equal(failed, closed.IsCompletedSuccessfully);
            }

            Assert.Equal(
                Enumerable.Range(0, consumer.Client.Delivered).Skip((int)(committed - run.Before)), consumer.Nacked);
            Assert.Equal(source.Opened.Count, consumer.Closed);
            Assert.Equal(source.Opened.Count > 0 ? "closed" : null, consumer.Log.LastOrDefault());
            Assert.False(consumer.Overlapped || consumer.Client.Overlapped);
            Assert.Equal(0, clock.Pending);
        },
        iter: 4_000);

    /// <summary>True if the source has failed.</summary>
    private static bool Poll(StatefulSourcePartition<int, long> partition, ref int handedOut)
    {
        try
        {
            handedOut += partition.NextBatch()?.Count ?? 0;
            return false;
        }
        catch (AcknowledgementException)
        {
            return true;
        }
    }

    private static void AssertHandedOutWhole(long deliveries, int handedOut, Func<int, int> itemsOf) =>
        Assert.True(Enumerable.Range(0, (int)deliveries).Sum(itemsOf) <= handedOut);

    private static void AssertAcked(TestConsumer consumer, long committed)
    {
        Assert.True(consumer.Acked.Count <= committed);
        Assert.Equal(Enumerable.Range(0, consumer.Acked.Count), consumer.Acked);
    }
}
