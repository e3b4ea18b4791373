using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>A partition that has failed: whether it is built again, what is done before, and when.</summary>
internal sealed partial class StatefulSourceRunner<T, TPosition>
{
    private readonly RestartCount<TPosition>? _restarts = restart is null ? null : new(restart, context.Scheduler);
    private volatile Task _letGo = Task.CompletedTask;
    private long _dropped;
    private bool _isHeld;
    private bool _isHeldInCapture;

    // One that is held has failed, and is kept to be told of a commit and for nothing else.
    public override bool IsBuilt => _partition is not null && !_isHeld;

    public override bool Restart(Exception error)
    {
        // What fails because the run is being closed does not pass, and is nobody's to judge.
        if (_restarts is null || Context.HasEnded || error != _failure || error.InnerException is not { } cause ||
            !ShouldRetry(cause) || !TryStop())
        {
            return false;
        }

        if (_partition is IGivesBack givesBack)
        {
            SettleFirst(givesBack);
            return true;
        }

        if (!_restarts.TryCount(_resume, Items, null, out var delay))
        {
            return false;
        }

        CountRestart();
        RebuildAsync(delay, LetGo()).Observe();
        return true;
    }

    // A run that ends meanwhile waits for what is let go as for everything else.
    protected override IAsyncDisposable? Closeable => _partition ?? (IAsyncDisposable)new BeingClosed(_letGo);

    /// <summary>What it handed out would come again: it is committed before it is closed, and the client told.</summary>
    private void SettleFirst(IGivesBack givesBack)
    {
        if (givesBack.Settles && _resume != _told)
        {
            _isHeld = true;
            Context.Epochs.Request();
        }
        else
        {
            SettleAndJudge();
        }
    }

    private void ReleaseHeld()
    {
        if (_isHeld && _isHeldInCapture && !IsComplete)
        {
            _isHeld = false;
            SettleAndJudge();
        }
    }

    private bool ShouldRetry(Exception cause)
    {
        try
        {
            return restart!.IsWorthARetry(cause);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(
                Context.Flow, StepId, Partition, $"RestartOptions.ShouldRetry could not tell of '{cause.Message}'", null, error);
        }
    }

    private bool TryStop()
    {
        try
        {
            _resume = _partition?.Snapshot() ?? _resume;
            _dropped = Status.Dropped;
            return true;
        }
        catch (Exception)
        {
            // Without a position it cannot be built again without a gap; the failure itself is what ends the flow.
            return false;
        }
    }

    private Task LetGo()
    {
        DroppedBefore = _dropped;
        Signals.Forget();
        _letGo = ClosedAsync(ClosePartitionBeside());
        _partition = null;
        return _letGo;
    }

    private static async Task ClosedAsync(Task closing)
    {
        try
        {
            await closing.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It has failed already; that it cannot be closed either changes nothing.
        }
    }

    private void CountRestart()
    {
        Restarts++;
        Context.Metrics.Restarted(StepId, Partition);
    }

    // What is settled is known when it is closed, and only then whether it got any further.
    private void SettleAndJudge()
    {
        var givesBack = (IGivesBack)_partition!;
        JudgeAsync(givesBack, LetGo()).Observe();
    }

    private async Task JudgeAsync(IGivesBack closed, Task closing)
    {
        await InTimeAsync(closing).ConfigureAwait(false);
        Worker.Post(new Settled(this, closed));
    }

    private void Judge(IGivesBack closed)
    {
        if (IsComplete || Context.Epochs.State.IsFinishing)
        {
            return;
        }

        if (!_restarts!.TryCount(_resume, Items, closed.Settled, out var delay))
        {
            throw _failure!;
        }

        CountRestart();
        RebuildAsync(delay, Task.CompletedTask).Observe();
    }

    // Two connections of one partition at a time is what many clients refuse: the old one is waited for.
    private async Task RebuildAsync(TimeSpan delay, Task closing)
    {
        var pause = Task.Delay(delay, Context.Scheduler.ToTimeProvider());
        await InTimeAsync(closing).ConfigureAwait(false);
        await pause.ConfigureAwait(false);
        Worker.Post(new Rebuild(this));
    }

    private async Task InTimeAsync(Task closing)
    {
        try
        {
            await closing.WaitAsync(Context.Run.Options.RestartCloseTimeout, Context.Scheduler.ToTimeProvider()).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It is not waited for any longer.
        }
    }

    private sealed class BeingClosed(Task closing) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(closing);
    }

    private sealed class Rebuild(SourceRunner runner) : IWorkerMessage
    {
        public void Handle(Worker worker) => worker.Sources.Begin(runner);
    }

    private sealed class Settled(StatefulSourceRunner<T, TPosition> runner, IGivesBack closed) : IWorkerMessage
    {
        public void Handle(Worker worker) => runner.Judge(closed);
    }
}
