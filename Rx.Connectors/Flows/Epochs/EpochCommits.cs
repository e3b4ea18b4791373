using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Makes durable and stores what was captured, beside the workers, and counts it. One commit at a time; what is read of it may
/// be read from any thread.</summary>
/// <param name="run">Its flow, clock and metrics.</param>
/// <param name="control">Ends it.</param>
/// <param name="store">Where positions go.</param>
/// <param name="calling">Is told before a sink is waited for or the store is called, either of which may take for ever.</param>
internal sealed class EpochCommits(RunTerms run, RunControl control, RunStore store, Action calling)
{
    private volatile Task _last = Task.CompletedTask;
    private volatile Exception? _lastFailure;
    private volatile Doing? _underWay;
    private long _committed;
    private long _failed;
    private int _attempts;

    /// <summary>The commit that is under way, or the last one. It never fails.</summary>
    public Task Last => _last;

    /// <summary>What it waits for; null while it waits for nobody.</summary>
    public Doing? UnderWay => _underWay;

    public EpochProgress Progress => new()
    {
        LastCommittedEpoch = store.Epoch,
        Committed = Volatile.Read(ref _committed),
        FailedCommits = Volatile.Read(ref _failed),
        LastFailure = _lastFailure?.Message,
    };

    /// <summary>Begins one. What it throws ends the run.</summary>
    public void Begin(Func<Task> work)
    {
        // Before it begins: it may be over, and the next one begun, before this method is.
        var over = new TaskCompletionSource<bool>();
        _last = over.Task;
        _ = run.Clock.RunInBackground(async () =>
        {
            try
            {
                if (!control.HasEnded)
                {
                    await work().ConfigureAwait(false);
                }
            }
            catch (Exception error)
            {
                control.Fail(error);
            }

            over.SetResult(true);
            return true;
        });
    }

    /// <summary>Waits until everything that was written is durable.</summary>
    public async Task FlushAsync(List<(IEpochSink Sink, Task Flushed)> flushes)
    {
        // The first that fails ends the run; what the others do then is nobody's.
        flushes.ForEach(static one => one.Flushed.Observe());
        foreach (var (sink, flushed) in flushes)
        {
            await FlushAsync(sink, flushed).ConfigureAwait(false);
        }
    }

    /// <summary>Stores positions. Without a store, and without positions, there is nothing to do.</summary>
    public async Task StoreAsync(IReadOnlyList<StoredPosition> changes, DateTimeOffset at)
    {
        if (store.Log is not { } log || changes.Count == 0)
        {
            return;
        }

        var began = run.Elapsed.Now;
        try
        {
            await log.CommitAsync(changes, at, () => UnderWayIs(null, null, Doing.Storing), AttemptFailed, control.Aborted).ConfigureAwait(false);
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

    private async Task FlushAsync(IEpochSink sink, Task flushed)
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

    // Said before it is called, for the call may block.
    private void UnderWayIs(string? stepId, string? partition, string what)
    {
        _underWay = new Doing(stepId, partition, what, Interlocked.Increment(ref _attempts), IsWrite: false);
        calling();
    }

    private void AttemptFailed(Exception error)
    {
        _underWay = null;
        _lastFailure = error;
        Interlocked.Increment(ref _failed);
        run.Metrics.CommitFailed();
    }
}
