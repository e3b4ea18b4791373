using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

internal sealed class BridgedSink<T> : DynamicSink<T>
{
    private readonly SinkBridge<T> _bridge;
    private readonly WriteOptions? _options;

    public BridgedSink(SinkBridge<T> bridge, WriteOptions? options)
    {
        // Checked here too, so that a bad option is refused where it is written.
        _ = WriteSettings.Check(options);
        _bridge = bridge;
        _options = options;
    }

    public override StatelessSinkPartition<T> Build(string stepId, int workerIndex, int workerCount) =>
        _bridge.ToPartition(_options);
}
