namespace Rx.Connectors.Flows;

/// <summary>A worker's part in closing an epoch.</summary>
internal sealed class WorkerEpochs(WorkerContext worker, WorkerSources sources, DueSources due)
{
    private ISinkRunner[] _sinks = [];
    private long _drained;
    private long _captured;

    /// <summary>Takes the sink partitions that are the worker's own, and opens those that are open from the start.</summary>
    public void Open(IReadOnlyList<ISinkRunner> sinks)
    {
        _sinks = [.. sinks];
        foreach (var sink in _sinks.Where(static sink => sink.OpensAtStart))
        {
            if (!worker.Control.HasEnded)
            {
                sink.Open();
            }
        }
    }

    /// <summary>Comes before anything else in a round, and before each message: another worker may be ahead.</summary>
    public void CaptureIfAsked()
    {
        var state = worker.Epochs.State;
        if (state.Stage == EpochStage.Capturing && _captured != state.Closing)
        {
            Capture(state.Closing);
        }
    }

    /// <returns>Whether polling may go on.</returns>
    public bool CloseIfAsked()
    {
        var state = worker.Epochs.State;
        if (state.Stage == EpochStage.Draining && _drained != state.Closing && due.IsDrained)
        {
            _drained = state.Closing;
            if (worker.Epochs.Drained())
            {
                Capture(state.Closing);
            }
        }

        return worker.Epochs.State.MayPoll(_captured);
    }

    private void Capture(long closing)
    {
        _captured = closing;
        var cut = new EpochCut();
        sources.Capture(cut);
        foreach (var sink in _sinks)
        {
            cut.Add(sink.Capture(cut.Flushes, worker.Control.Aborted));
        }

        worker.Epochs.Captured(cut);
    }
}
