using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>The worker's part in closing an epoch.</summary>
internal sealed partial class Worker
{
    /// <summary>The epoch is durable: partitions hear of it, and those whose end it holds are closed (P5).</summary>
    public void Committed()
    {
        foreach (var runner in _notClosed)
        {
            runner.Committed();
            if (runner.EndIsCaptured)
            {
                LetGo(runner);
            }
        }

        _notClosed.RemoveAll(static runner => runner.IsLetGo);
        AddLater();
    }

    private void LetGo(SourceRunner runner)
    {
        var called = runner.CloseBeside();
        if (called.IsCompleted)
        {
            _byKey.Remove((runner.StepId, runner.Partition));
            return;
        }

        // Until the client has been called, nothing else is built for its partition.
        _ = called.ContinueWith(
            _ => Post(new Closed(runner)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void AddLater()
    {
        // Here and now: what is in the queue already may be that one of them goes again.
        var coming = _later.ToArray();
        _later.Clear();
        Add(coming);
    }

    // Comes before anything else in a round, and before each message: another worker may be ahead.
    private void CaptureIfAsked()
    {
        if (_run.Epochs.IsCapturing(out var closing) && _captured != closing)
        {
            Capture(closing);
        }
    }

    /// <returns>Whether polling may go on.</returns>
    private bool CloseEpochIfAsked()
    {
        if (_run.Epochs.IsDraining(out var closing) && _drained != closing && _onTheWay == 0)
        {
            _drained = closing;
            if (_run.Epochs.Drained())
            {
                Capture(closing);
            }
        }

        return _run.Epochs.MayPoll(_captured);
    }

    private void Capture(long closing)
    {
        _captured = closing;
        // All ends so far are in this one.
        _ends = 0;
        var changes = new List<StoredState>();
        var flushes = new List<(ISinkRunner Sink, Task Flushed)>();
        foreach (var runner in _notClosed)
        {
            runner.EndIsCaptured = runner.IsComplete;
            Keep(changes, runner.Capture());
        }

        foreach (var sink in _run.AllSinks)
        {
            if (sink.Worker == this)
            {
                Keep(changes, sink.Capture(flushes, _run.Aborted.Token));
            }
        }

        _run.Epochs.Captured(changes, flushes);
    }

    private static void Keep(List<StoredState> changes, StoredState? change)
    {
        if (change is not null)
        {
            changes.Add(change);
        }
    }

    private sealed class Closed(SourceRunner runner) : IWorkerMessage
    {
        public void Handle(Worker worker)
        {
            worker._byKey.Remove((runner.StepId, runner.Partition));
            worker.AddLater();
        }
    }
}
