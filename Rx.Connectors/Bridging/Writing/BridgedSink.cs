using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>A sink of which every worker gets a partition of its own.</summary>
internal sealed class BridgedSink<T>(Func<WriteSettings, StatelessSinkPartition<T>> make, WriteSettings settings) : DynamicSink<T>
{
    public override StatelessSinkPartition<T> Build(string stepId, int workerIndex, int workerCount) =>
        make(settings);
}
