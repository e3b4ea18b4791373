namespace Rx.Connectors.Flows;

/// <summary>What the workers do.</summary>
internal enum EpochStage
{
    Opening,
    Polling,
    Draining,
    Capturing,
    Ended,
}

/// <summary>What is done beside them.</summary>
internal enum CommitStage
{
    None,
    StoringFirstPositions,
    Flushing,
    Storing,
    Telling,
}

/// <summary>Where the epochs of a run stand. It never changes: whoever has read it may ask it several things.</summary>
/// <param name="Workers">How many workers there are.</param>
/// <param name="EveryRound">Whether each round with a poll is an epoch of its own. Then it is committed before the next round
/// begins.</param>
internal sealed record EpochState(int Workers, bool EveryRound)
{
    public EpochStage Stage { get; init; }

    public CommitStage Commit { get; init; }

    /// <summary>How many workers have still to open, to drain, to capture or to hear, whichever it is.</summary>
    public int Left { get; init; } = Workers;

    /// <summary>The number of the closing that has begun last.</summary>
    public long Closing { get; init; }

    /// <summary>Whether an epoch is to be closed that has not begun to be.</summary>
    public bool IsWanted { get; init; }

    /// <summary>Whether first positions are to be stored.</summary>
    public bool HasFirstPositions { get; init; }

    /// <summary>Whether anything was captured in this closing.</summary>
    public bool HasCaptured { get; init; }

    /// <summary>How the run is to end; null while it is not to.</summary>
    public FlowOutcome? Outcome { get; init; }

    /// <summary>Whether the closing that has begun last is the last of all.</summary>
    public bool IsLast { get; init; }

    /// <summary>Which closing answers somebody who asks now: one that has begun does not hold all that was polled by now.</summary>
    public long NextClosing => Closing + 1;

    /// <summary>Whether every worker has built what it begins with, so that polling may begin.</summary>
    public bool IsOpen => Stage != EpochStage.Opening;

    /// <summary>Whether the next epoch, or the one that is being closed, is the last. Nothing is polled any more.</summary>
    public bool IsFinishing => Outcome is not null;

    /// <summary>Whether no more is to be polled for now.</summary>
    public bool IsClosing => Stage == EpochStage.Draining || IsFinishing;

    /// <summary>Whether there is nothing to do but to poll.</summary>
    public bool IsAtRest => Stage == EpochStage.Polling && Commit == CommitStage.None && !IsWanted;

    /// <summary>Whether a worker may poll that has captured this closing last.</summary>
    public bool MayPoll(long captured) => !IsFinishing && (EveryRound ? IsAtRest : Stage switch
    {
        EpochStage.Polling => true,
        EpochStage.Capturing => captured == Closing,
        _ => false,
    });
}
