using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Commits what was captured, and tells of it.</summary>
internal sealed partial class Epochs
{
    private volatile Task _commit = Task.CompletedTask;
    private volatile Exception? _lastFailure;
    private long _committed;
    private long _failedCommits;
    private volatile Doing? _underWay;
    private int _attempts;
    private int _unacknowledged;

    /// <summary>The commit that is under way, or the last one. It never fails.</summary>
    public Task LastCommit => _commit;

    /// <summary>What a commit waits for; null while there is none.</summary>
    public Doing? UnderWay => _underWay;

    public EpochProgress Progress => new(
        run.Log?.Epoch ?? 0, Volatile.Read(ref _committed), Volatile.Read(ref _failedCommits), _lastFailure?.Message);

    /// <summary>Stores the first position of a sink partition, before anything is written to it.</summary>
    public void StoreFirst(ISinkRunner sink, StoredState first)
    {
        lock (_gate)
        {
            _firsts.Add((sink, first));
        }

        Proceed();
    }

    /// <summary>A worker has told its partitions of the last commit.</summary>
    public void Acknowledged()
    {
        if (Interlocked.Decrement(ref _unacknowledged) == 0)
        {
            Next(_isLast);
        }
    }

    /// <summary>The run has ended: nobody waits any more for an epoch of it.</summary>
    public void Abandon(Exception? error)
    {
        TaskCompletionSource<long>[] waiting;
        lock (_gate)
        {
            waiting = [.. _asking, .. _answering];
            _asking.Clear();
            _answering.Clear();
        }

        foreach (var one in waiting)
        {
            one.TrySetException(new InvalidOperationException(
                $"Flow '{run.Flow}' has ended before the epoch was committed.", error));
            // Whoever asked may have stopped waiting.
            _ = one.Task.Exception;
        }
    }

    private void CommitFirsts((ISinkRunner Sink, StoredState First)[] firsts) => InBackground(async () =>
    {
        await StoreAsync([.. firsts.Select(static one => one.First)], run.Clock.Now).ConfigureAwait(false);
        // Before the sinks hear of it: what they write then may lead to the next commit at once.
        Next(isLast: false);
        foreach (var (sink, _) in firsts)
        {
            sink.Worker.Post(new FirstStored(sink));
        }
    });

    private void Commit(List<StoredState> changes, List<(ISinkRunner Sink, Task Flushed)> flushes, DateTimeOffset at)
    {
        if (flushes.Count == 0 && changes.Count == 0)
        {
            TellCommitted();
            return;
        }

        InBackground(async () =>
        {
            // The first that fails ends the run; what the others do then is nobody's.
            flushes.ForEach(static one => one.Flushed.Observe());
            foreach (var (sink, flushed) in flushes)
            {
                await FlushAsync(sink, flushed).ConfigureAwait(false);
            }

            await StoreAsync(changes, at).ConfigureAwait(false);
            TellCommitted();
        });
    }

    private async Task FlushAsync(ISinkRunner sink, Task flushed)
    {
        try
        {
            UnderWayIs(sink.StepId, sink.Partition, Doing.Flushing);
            await flushed.ConfigureAwait(false);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw sink.Failed("what was written could not be made durable", error);
        }
    }

    private async Task StoreAsync(List<StoredState> changes, DateTimeOffset at)
    {
        if (run.Log is not { } log || changes.Count == 0)
        {
            return;
        }

        var began = run.Elapsed.Now;
        try
        {
            await log.CommitAsync(changes, at, () => UnderWayIs(null, null, Doing.Storing), AttemptFailed, run.Aborted.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            AttemptFailed(error);
            throw new FlowException(run.Flow, null, null, $"epoch {log.Epoch + 1} could not be committed", "F3", error);
        }

        _underWay = null;
        Interlocked.Increment(ref _committed);
        run.Metrics.Committed(run.Elapsed.Since(began));
    }

    // Said before it is called, for the call may block.
    private void UnderWayIs(string? stepId, string? partition, string what)
    {
        _underWay = new Doing(stepId, partition, what, Interlocked.Increment(ref _attempts), IsWrite: false);
        if (_isFinishing)
        {
            run.Guard.Begin();
        }
    }

    private void AttemptFailed(Exception error)
    {
        _underWay = null;
        _lastFailure = error;
        Interlocked.Increment(ref _failedCommits);
        run.Metrics.CommitFailed();
    }

    private void TellCommitted()
    {
        List<TaskCompletionSource<long>> answering;
        lock (_gate)
        {
            (answering, _answering) = (_answering, []);
        }

        foreach (var one in answering)
        {
            one.TrySetResult(run.Log?.Epoch ?? 0);
        }

        Volatile.Write(ref _unacknowledged, run.Workers.Count);
        foreach (var worker in run.Workers)
        {
            worker.Post(new Durable());
        }
    }

    private void Next(bool isLast)
    {
        FlowOutcome? outcome;
        lock (_gate)
        {
            _isCommitting = false;
            outcome = isLast ? _outcome : null;
        }

        if (outcome is { } how)
        {
            run.End(how, null);
        }
        else
        {
            Proceed();
            if (IsEveryRound)
            {
                // They have not polled since.
                run.WakeAll();
            }
        }
    }

    private void InBackground(Func<Task> work)
    {
        // Before it begins: it may be over, and the next one begun, before this method is.
        var over = new TaskCompletionSource<bool>();
        _commit = over.Task;
        _ = run.Clock.RunInBackground(async () =>
        {
            try
            {
                if (!run.HasEnded)
                {
                    await work().ConfigureAwait(false);
                }
            }
            catch (Exception error)
            {
                run.Fail(error);
            }

            over.SetResult(true);
            return true;
        });
    }

    private sealed class Durable : IWorkerMessage
    {
        public void Handle(Worker worker)
        {
            worker.Committed();
            worker.Context.Run.Epochs.Acknowledged();
        }
    }

    private sealed class FirstStored(ISinkRunner sink) : IWorkerMessage
    {
        public void Handle(Worker worker) => sink.FirstPositionStored();
    }
}
