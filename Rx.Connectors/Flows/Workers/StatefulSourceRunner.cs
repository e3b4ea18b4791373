using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>A partition whose position is stored, and that may be built again from it.</summary>
internal sealed class StatefulSourceRunner<T, TState>(
    WorkerContext context, string stepId, string key, FlowStream<T> stream, FixedPartitionedSource<T, TState> source,
    RestartSettings? restart)
    : SourceRunner<T>(context, stepId, key, stream)
{
    private readonly Position<TState> _position = new(context.Run, StateKind.Source, stepId, key);
    private readonly Backoff? _backoff = restart?.NewBackoff(context.Scheduler);
    private volatile StatefulSourcePartition<T, TState>? _partition;
    private ResumeState<TState> _resume;
    private ResumeState<TState> _captured;
    private ResumeState<TState> _told;
    private FlowException? _failure;
    private long _itemsAtRestart;
    private bool _isLoaded;
    private ResumeState<TState> _untold;

    public override bool KeepsPosition => true;

    public override SourceStatus Status
    {
        get
        {
            var status = base.Status;
            return new SourceStatus(status.Waiting, DroppedBefore + status.Dropped, status.WaitingSince);
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
            _resume = Context.Run.TryTakeLast(StepId, Partition, out ResumeState<TState> last) ? last : _position.Load();
            _untold = _resume;
        }

        Context.Enter(this, Doing.Building);
        try
        {
            _partition = PartitionKeys.Build(Context, StepId, Partition, () => source.BuildPartition(StepId, Partition, _resume));
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
        _untold = ResumeState<TState>.None;
    }

    public override StoredState? Capture()
    {
        Context.Enter(this, Doing.Snapshotting);
        try
        {
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
            Context.Run.KeepLast(StepId, Partition, _captured);
        }
    }

    public override bool Restart(Exception error)
    {
        // What fails because the run is being closed does not pass, and is nobody's to judge.
        if (_backoff is null || Context.Run.HasEnded || error != _failure || error.InnerException is not { } cause)
        {
            return false;
        }

        if (Items > _itemsAtRestart)
        {
            _backoff.Reset();
        }

        if (_backoff.Failures >= restart!.MaxRestarts || !IsTransient(cause) || !TryLetGo(out var closing))
        {
            return false;
        }

        _itemsAtRestart = Items;
        Restarts++;
        Context.Metrics.Restarted(StepId, Partition);
        // The run may end before its pause does, and its clock with it.
        RebuildAsync(_backoff.Next(), closing).Observe();
        return true;
    }

    protected override FlowException Failed(Exception error) => _failure = base.Failed(error);

    private bool IsTransient(Exception cause)
    {
        try
        {
            return restart!.IsTransient(cause);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(
                Context.Flow, StepId, Partition, $"RestartOptions.IsTransient could not tell of '{cause.Message}'", null, error);
        }
    }

    private bool TryLetGo(out Task closing)
    {
        try
        {
            _resume = _partition?.Snapshot() ?? _resume;
            DroppedBefore = Status.Dropped;
        }
        catch (Exception)
        {
            // Without a position it cannot be built again without a gap; the failure itself is what ends the flow.
            closing = Task.CompletedTask;
            return false;
        }

        ForgetSignals();
        closing = ClosePartitionBeside();
        _partition = null;
        return true;
    }

    // Two connections of one partition at a time is what many clients refuse: the old one is waited for.
    private async Task RebuildAsync(TimeSpan delay, Task closing)
    {
        var clock = Context.Scheduler.ToTimeProvider();
        var pause = Task.Delay(delay, clock);
        try
        {
            await closing.WaitAsync(Context.Run.Settings.RestartCloseTimeout, clock).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It has failed already; that it cannot be closed either, or not in time, changes nothing.
        }

        await pause.ConfigureAwait(false);
        Worker.Post(new Rebuild(this));
    }

    private void Tell(ResumeState<TState> committed)
    {
        if (!committed.TryGetValue(out var position) || committed == _told)
        {
            return;
        }

        _told = committed;
        Context.Enter(this, Doing.Committing);
        try
        {
            _partition!.OnCommitted(position);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(Context.Flow, StepId, Partition, "it failed to take note of a commit", "S11", error);
        }
    }

    private sealed class Rebuild(SourceRunner runner) : IWorkerMessage
    {
        public void Handle(Worker worker) => worker.Begin(runner);
    }
}
