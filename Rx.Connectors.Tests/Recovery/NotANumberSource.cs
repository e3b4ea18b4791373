using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Its type can be written as JSON, and its value cannot.</summary>
internal sealed class NotANumberSource : FixedPartitionedSource<string, double>
{
    public override IReadOnlyList<string> ListPartitions() => ["x"];

    public override StatefulSourcePartition<string, double> BuildPartition(
        string stepId, string partition, ResumeState<double> resumeState) => new Partition();

    private sealed class Partition : StatefulSourcePartition<string, double>
    {
        public override IReadOnlyList<string>? NextBatch() => null;

        public override ResumeState<double> Snapshot() => double.NaN;
    }
}
