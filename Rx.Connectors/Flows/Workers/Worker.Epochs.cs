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
        var state = _run.Epochs.State;
        if (state.Stage == EpochStage.Capturing && _captured != state.Closing)
        {
            Capture(state.Closing);
        }
    }

    /// <returns>Whether polling may go on.</returns>
    private bool CloseEpochIfAsked()
    {
        var state = _run.Epochs.State;
        if (state.Stage == EpochStage.Draining && _drained != state.Closing && _onTheWay == 0)
        {
            _drained = state.Closing;
            if (_run.Epochs.Drained())
            {
                Capture(state.Closing);
            }
        }

        return _run.Epochs.State.MayPoll(_captured);
    }

    private void Capture(long closing)
    {
        _captured = closing;
        // All ends so far are in this one.
        _ends = 0;
        var cut = new EpochCut();
        foreach (var runner in _notClosed)
        {
            runner.EndIsCaptured = runner.IsComplete;
            cut.Add(runner.Capture());
        }

        foreach (var sink in _run.AllSinks)
        {
            if (sink.Worker == this)
            {
                cut.Add(sink.Capture(cut.Flushes, _run.Aborted.Token));
            }
        }

        _run.Epochs.Captured(cut);
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
