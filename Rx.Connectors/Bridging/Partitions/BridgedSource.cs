using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

internal sealed class BridgedSource<T>(Feed<T> feed, BridgeSettings settings) : DynamicSource<T>
{
    private static readonly Feed<T> _nothing = new EmptyFeed<T>();

    public override StatelessSourcePartition<T> Build(string stepId, int workerIndex, int workerCount) =>
        new BridgedPartition<T>(workerIndex == 0 ? feed : _nothing, settings);
}
