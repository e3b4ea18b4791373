using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>A client that has nothing and can tell nothing: neither when there may be something, nor that there is.</summary>
internal sealed class SilentSource : FixedPartitionedSource<int, int>
{
    private long _polls;

    public long Polls => Volatile.Read(ref _polls);

    public override IReadOnlyList<string> ListPartitions() => ["silent"];

    public override StatefulSourcePartition<int, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState) => new Partition(this);

    private sealed class Partition(SilentSource source) : StatefulSourcePartition<int, int>
    {
        public override IReadOnlyList<int> NextBatch()
        {
            Interlocked.Increment(ref source._polls);
            return [];
        }

        public override ResumeState<int> Snapshot() => ResumeState<int>.None;
    }
}
