using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Recovery;

namespace Rx.Connectors.Tests.Kit.Recordings;

/// <summary>
/// A flow in which everything is watched: asynchronous clients, a query with positions, two workers, recovery, a partitioned sink.
/// </summary>
internal sealed class WholeFlow
{
    private readonly KeptSink _sink = new("out0", "out1");
    private readonly InMemoryRecoveryStore _store = new();
    private readonly int _items;

    public WholeFlow(ulong? seed = null, int items = 12)
    {
        _items = items;
        Clock = new VirtualScheduler(new VirtualSchedulerOptions { Seed = seed });
        Recording = new(Clock);
    }

    public VirtualScheduler Clock { get; }

    public Recording Recording { get; }

    public IEnumerable<string> Written => _sink.All;

    /// <summary>Runs until an item is to be written, and fails there; without one to the end.</summary>
    public WholeFlow Run(string? failAt = null)
    {
        _sink.BeforeWrite = item =>
        {
            if (item == failAt)
            {
                throw new IOException($"no room for {item}");
            }
        };
        var flow = new Dataflow("whole");
        flow.Input("in", Recording.Watch(new Source(this))).Output("out", Recording.Watch(_sink), item => item);
        var run = flow.RunAsync(new FlowOptions
        {
            Scheduler = Clock,
            Workers = 2,
            EpochInterval = TimeSpan.FromMilliseconds(20),
            Recovery = new RecoveryOptions { Store = Recording.Watch(_store) },
        });
        if (failAt is null)
        {
            Clock.RunToEnd(run);
        }
        else
        {
            Xunit.Assert.Throws<FlowException>(() => Clock.RunToEnd(run));
            Recording.Add("run", RecordedKind.Crashed);
        }

        return this;
    }

    private async IAsyncEnumerable<int> Client(string key, int from, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var i = from; i < _items; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(((i * 7) + key[0]) % 5), Clock.TimeProvider, cancellation);
            yield return i;
        }
    }

    private sealed class Source(WholeFlow whole) : FixedPartitionedSource<string, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["a", "b"];

        public override StatefulSourcePartition<string, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState)
        {
            var client = whole.Client(partition, resumeState.GetValueOrDefault(0));
            return Bridge.From(whole.Recording.Watch(whole.Clock.Adopt(client), $"client {partition}"), item => item + 1)
                .Query(all => whole.Recording.Watch(
                    all.Where(item => item % 3 != 1).Select(item => $"{partition}:{item}"),
                    $"query {partition}", RecordedKind.Queried, item => item.Value))
                .ToPartition(resumeState, new BridgeOptions { MaxBatchSize = 3, MaxBatchDelay = TimeSpan.FromMilliseconds(5) });
        }
    }
}
