using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>A partition whose position is stored, and that may be built again from it.</summary>
internal sealed partial class StatefulSourceRunner<T, TPosition>(
    WorkerContext context, string stepId, string key, IReceiver<T> next, FixedPartitionedSource<T, TPosition> source,
    RestartOptions? restart, RunStore store, DepartedPositions departed)
    : SourceRunner<T>(context, stepId, key, next)
{
    private readonly Position<TPosition> _position = new(context.Flow, store, StepKind.Source, stepId, key);
    private volatile StatefulSourcePartition<T, TPosition>? _partition;
    private ResumeState<TPosition> _resume;
    private ResumeState<TPosition> _captured;
    private ResumeState<TPosition> _told;
    private FlowException? _failure;
    private bool _isLoaded;
    private ResumeState<TPosition> _untold;

    public override bool KeepsPosition => true;

    public override SourceStatus Status
    {
        get
        {
            var status = base.Status;
            return new SourceStatus
            {
                Queued = status.Queued,
                Dropped = DroppedBefore + status.Dropped,
                QueuedSince = status.QueuedSince,
            };
        }
    }

    protected override SourcePartition<T>? Built => _partition;

    protected override void Release() => _partition = null;

    public override void Build()
    {
        if (!_isLoaded)
        {
            _isLoaded = true;
            // One that was here before, went and came back, goes on where it was.
            _resume = departed.TryTake(StepId, Partition, out ResumeState<TPosition> last) ? last : _position.Load();
            _untold = _resume;
        }

        Context.Calls.Enter(this, Doing.Building);
        try
        {
            _partition = Context.Build(this, () => source.BuildPartition(StepId, Partition, _resume));
        }
        catch (FlowException error)
        {
            _failure = error;
            throw;
        }
    }

    public override void Start()
    {
        base.Start();
        // The ack of the last run, or of what was committed while there was no partition, may not have got through (S11).
        Tell(_untold);
        _untold = ResumeState<TPosition>.None;
    }

    public override StoredPosition? Capture()
    {
        Context.Calls.Enter(this, Doing.Snapshotting);
        try
        {
            _isHeldInCapture = _isHeld;
            _captured = _partition?.Snapshot() ?? _resume;
            return _position.Change(_captured);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(Context.Flow, StepId, Partition, "the source could not be snapshotted", "S5", error);
        }
    }

    public override void Committed()
    {
        if (_partition is null)
        {
            _untold = _captured;
        }
        else
        {
            Tell(_captured);
        }

        if (EndIsCaptured)
        {
            departed.Keep(StepId, Partition, _captured);
        }

        ReleaseHeld();
    }

    protected override FlowException Failed(Exception error) => _failure = base.Failed(error);

    private void Tell(ResumeState<TPosition> committed)
    {
        if (!committed.TryGetValue(out var position) || committed == _told)
        {
            return;
        }

        _told = committed;
        Context.Calls.Enter(this, Doing.Committing);
        try
        {
            _partition!.OnCommitted(position);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(Context.Flow, StepId, Partition, "it failed to take note of a commit", "S11", error);
        }
    }
}
