using System.Diagnostics;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>What epochs ask of the workers.</summary>
internal interface IEpochWorkers
{
    void WakeAll();

    /// <summary>What they have captured last is durable (S11). Each answers with <see cref="RunEpochs.Heard"/>.</summary>
    void TellCommitted();
}

/// <summary>
/// Closes the epochs of a run (F3): brings to an <see cref="EpochCoordinator"/> what has happened, and carries out what it orders,
/// outside the lock. Members may be called from any thread.
/// </summary>
internal sealed class RunEpochs
{
    private readonly RunTerms _run;
    private readonly RunControl _control;
    private readonly RunStore _store;
    private readonly StopGuard _guard;
    private readonly IEpochWorkers _workers;
    private readonly Lock _gate = new();
    private readonly EpochCoordinator _coordinator;
    private readonly EpochDue _due;
    private readonly EpochRequests _requests = new();
    private List<(IEpochSink Sink, StoredPosition First)> _firsts = [];
    private List<(IEpochSink Sink, StoredPosition First)> _firstsUnderWay = [];
    private EpochCut _cut = new();
    private EpochCut _cutUnderWay = new();
    private long _since;

    public RunEpochs(RunTerms run, RunControl control, RunStore store, StopGuard guard, IEpochWorkers workers)
    {
        (_run, _control, _store, _guard, _workers) = (run, control, store, guard, workers);
        _coordinator = new EpochCoordinator(new EpochState(run.Options.Workers, run.Options.EpochInterval == TimeSpan.Zero));
        _due = new EpochDue(run.Options);
        Commits = new EpochCommits(run, control, store, GuardTheEnd);
    }

    /// <summary>Is told when every worker has built what it begins with; perhaps more than once.</summary>
    public Action OnOpen { get; init; } = static () => { };

    public EpochState State => _coordinator.State;

    public EpochCommits Commits { get; }

    /// <summary>When the epoch is to be closed, in elapsed time; <see cref="Scheduling.ElapsedTime.Never"/> if nothing has happened
    /// in it.</summary>
    public long DueAt => _due.At;

    /// <summary>Something was polled: the epoch has begun, if it had not.</summary>
    public void Begin(long now) => _due.Begin(now);

    /// <summary>A round is over.</summary>
    public void EndRound()
    {
        if (_due.IsOverWithRound)
        {
            Request();
        }
    }

    public void CountItems(int count)
    {
        if (_due.Count(count))
        {
            Request();
        }
    }

    /// <summary>Closes the epoch as soon as the one before is committed.</summary>
    public void Request()
    {
        // It is not due any more, or the workers would look again and again while a commit is under way.
        _due.ForgetTime();
        Tell(EpochMessage.Asked);
    }

    /// <summary>Closes the epoch, and tells the number of the last one that is then committed.</summary>
    public Task<long> RequestAsync()
    {
        Task<long> answer;
        EpochOrder order;
        lock (_gate)
        {
            answer = _requests.Add(State.NextClosing);
            order = Decide(EpochMessage.Asked);
        }

        CarryOut(order);
        if (_control.HasEnded)
        {
            Abandon(null);
        }

        return answer;
    }

    /// <summary>Closes the last epoch and ends the run.</summary>
    public void Finish(FlowOutcome outcome)
    {
        Tell(outcome == FlowOutcome.Completed ? EpochMessage.Completed : EpochMessage.Stopped);
        _guard.Begin();
    }

    /// <summary>A worker has built what it begins with.</summary>
    public void Opened()
    {
        Tell(EpochMessage.Opened);
        if (State.Stage is not (EpochStage.Opening or EpochStage.Ended))
        {
            OnOpen();
        }
    }

    /// <summary>All that a worker has polled is written.</summary>
    /// <returns>Whether the same holds for every other, so that it is time to capture.</returns>
    public bool Drained() => Tell(EpochMessage.Drained) == EpochOrder.Capture;

    /// <summary>A worker has captured its partitions.</summary>
    public void Captured(EpochCut part)
    {
        EpochOrder order;
        lock (_gate)
        {
            _cut.Add(part);
            order = Decide(part.IsEmpty ? EpochMessage.CapturedNothing : EpochMessage.Captured);
        }

        if (order != EpochOrder.None)
        {
            _run.Metrics.Paused(_run.Elapsed.Since(_since));
        }

        CarryOut(order);
    }

    /// <summary>A worker has told its partitions of the last commit.</summary>
    public void Heard() => Tell(EpochMessage.Heard);

    /// <summary>Stores the first position of a sink partition, before anything is written to it.</summary>
    public void StoreFirst(IEpochSink sink, StoredPosition first)
    {
        EpochOrder order;
        lock (_gate)
        {
            _firsts.Add((sink, first));
            order = Decide(EpochMessage.FirstPosition);
        }

        CarryOut(order);
    }

    /// <summary>The run has ended: nobody waits any more for an epoch of it.</summary>
    public void Abandon(Exception? error)
    {
        Tell(EpochMessage.RunEnded);
        _requests.Abandon(() => new InvalidOperationException($"Flow '{_run.Flow}' has ended before the epoch was committed.", error));
    }

    private void GuardTheEnd()
    {
        if (State.IsFinishing)
        {
            _guard.Begin();
        }
    }

    private EpochOrder Tell(EpochMessage message)
    {
        EpochOrder order;
        lock (_gate)
        {
            order = Decide(message);
        }

        CarryOut(order);
        return order;
    }

    // Under the lock: what an order is about is put aside for it.
    private EpochOrder Decide(EpochMessage message)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var order = _coordinator.Take(message);
        switch (order)
        {
            case EpochOrder.Drain:
                _since = _run.Elapsed.Now;
                _due.BeginAnew();
                break;
            case EpochOrder.Flush:
                (_cutUnderWay, _cut) = (_cut, new EpochCut());
                break;
            case EpochOrder.StoreFirstPositions:
                (_firstsUnderWay, _firsts) = (_firsts, []);
                break;
        }

        return order;
    }

    private void CarryOut(EpochOrder order)
    {
        switch (order)
        {
            case EpochOrder.Poll or EpochOrder.Drain or EpochOrder.Capture:
                _workers.WakeAll();
                break;
            case EpochOrder.Flush:
                var at = _run.Clock.Now;
                Commits.Begin(() => CommitAsync(_cutUnderWay, at));
                break;
            case EpochOrder.Tell:
                _requests.Answer(State.Closing, _store.Epoch);
                _workers.TellCommitted();
                break;
            case EpochOrder.StoreFirstPositions:
                Commits.Begin(() => StoreFirstsAsync(_firstsUnderWay));
                break;
            case EpochOrder.End:
                _control.End(State.Outcome!.Value);
                break;
            case EpochOrder.GiveUp:
                _control.GiveUp();
                break;
        }
    }

    private async Task CommitAsync(EpochCut cut, DateTimeOffset at)
    {
        await Commits.FlushAsync(cut.Flushes).ConfigureAwait(false);
        if (Tell(EpochMessage.Flushed) == EpochOrder.Store)
        {
            await Commits.StoreAsync(cut.Changes, at).ConfigureAwait(false);
            Tell(EpochMessage.Stored);
        }
    }

    private async Task StoreFirstsAsync(List<(IEpochSink Sink, StoredPosition First)> firsts)
    {
        await Commits.StoreAsync([.. firsts.Select(static one => one.First)], _run.Clock.Now).ConfigureAwait(false);
        // Before the sinks hear of it: what they write then may lead to the next commit at once.
        Tell(EpochMessage.FirstPositionsStored);
        if (State.EveryRound)
        {
            // They have not polled since.
            _workers.WakeAll();
        }

        firsts.ForEach(static one => one.Sink.FirstPositionStored());
    }
}
