using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Flows;

/// <summary>A partition without a position.</summary>
internal sealed class StatelessSinkRunner<T>(WorkerContext context, string stepId, string key, Func<SinkPartition<T>> build)
    : SinkRunner<T>(context, stepId, key)
{
    private volatile SinkPartition<T>? _partition;

    public override bool OpensAtStart => true;

    protected override SinkPartition<T>? Built => _partition;

    protected override SinkPartition<T> Build() => _partition = Context.Build(this, build);

    protected override StoredPosition? Snapshot() => null;
}

/// <summary>A partition whose position is stored.</summary>
internal sealed class StatefulSinkRunner<T, TPosition>(
    WorkerContext context, string stepId, string key, FixedPartitionedSink<T, TPosition> sink, RunStore store) : SinkRunner<T>(context, stepId, key)
{
    private readonly Position<TPosition> _position = new(context.Flow, store, StepKind.Sink, stepId, key);
    private volatile StatefulSinkPartition<T, TPosition>? _partition;

    public override bool OpensAtStart => _position.IsStored;

    protected override SinkPartition<T>? Built => _partition;

    protected override SinkPartition<T> Build() => _partition = Context.Build(
        this, () => sink.BuildPartition(StepId, Partition, _position.Load()));

    protected override StoredPosition? Snapshot() => _position.Change(_partition!.Snapshot());
}
