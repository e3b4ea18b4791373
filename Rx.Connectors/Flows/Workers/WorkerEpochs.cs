namespace Rx.Connectors.Flows;

/// <summary>A worker's part in closing an epoch.</summary>
internal sealed class WorkerEpochs(RunControl control, RunEpochs epochs, WorkerSources sources, DueSources due)
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
            if (!control.HasEnded)
            {
                sink.Open();
            }
        }
    }

    /// <summary>Comes before anything else in a round, and before each message: another worker may be ahead.</summary>
    public void CaptureIfAsked()
    {
        var state = epochs.State;
        if (state.Stage == EpochStage.Capturing && _captured != state.Closing)
        {
            Capture(state.Closing);
        }
    }

    /// <returns>Whether polling may go on.</returns>
    public bool CloseIfAsked()
    {
        var state = epochs.State;
        if (state.Stage == EpochStage.Draining && _drained != state.Closing && due.IsDrained)
        {
            _drained = state.Closing;
            if (epochs.Drained())
            {
                Capture(state.Closing);
            }
        }

        return epochs.State.MayPoll(_captured);
    }

    private void Capture(long closing)
    {
        _captured = closing;
        var cut = new EpochCut();
        sources.Capture(cut);
        foreach (var sink in _sinks)
        {
            cut.Add(sink.Capture(cut.Flushes, control.Aborted));
        }

        epochs.Captured(cut);
    }
}
