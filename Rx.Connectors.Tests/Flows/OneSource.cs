using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A source of one partition on each worker, for tests with one worker.</summary>
internal sealed class OneSource<T>(Func<StatelessSourcePartition<T>> make) : DynamicSource<T>
{
    public override StatelessSourcePartition<T> Build(string stepId, int workerIndex, int workerCount) => make();
}
