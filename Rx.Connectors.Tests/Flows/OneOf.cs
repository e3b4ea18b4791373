using System.Reactive.Concurrency;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A single partition, of the second worker, that writes as a dynamic sink's would.</summary>
internal sealed class OneOf(DynamicSink<string> inner) : FixedPartitionedSink<string, int>
{
    public override IReadOnlyList<string> ListPartitions() => throw new NotSupportedException();

    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) => new(workerIndex == 1 ? ["one"] : []);

    public override StatefulSinkPartition<string, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
        new Partition(inner.Build(stepId, 1, 2));

    private sealed class Partition(StatelessSinkPartition<string> inner) : StatefulSinkPartition<string, int>
    {
        public override void Start(IScheduler scheduler) => inner.Start(scheduler);

        public override void WriteBatch(IReadOnlyList<string> items) => inner.WriteBatch(items);

        public override ResumeState<int> Snapshot() => ResumeState<int>.None;

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
