namespace Rx.Connectors.Flows;

/// <summary>
/// Decides how epochs are closed (F3): the workers drain, all of them capture, and while they poll on what was captured is flushed,
/// stored and told of; then comes the next. It knows no worker, no store and no clock: it takes messages, one at a time, and says for
/// each what is to be done now. Its state may be read from any thread.
/// </summary>
internal sealed class EpochCoordinator(EpochState start)
{
    private volatile EpochState _state = start;

    public EpochState State => _state;

    public EpochOrder Take(EpochMessage message)
    {
        var (state, order) = Decide(_state, message);
        _state = state;
        return order;
    }

    private static (EpochState State, EpochOrder Order) Decide(EpochState now, EpochMessage message) => message switch
    {
        _ when now.Stage == EpochStage.Ended => (now, EpochOrder.None),
        _ when !Fits(now, message) => throw new InvalidOperationException($"{message} was not to come now: {now}."),
        EpochMessage.Opened => IsOneOfMany(ref now)
            ? (now, EpochOrder.None)
            : PollOn(now with { Stage = EpochStage.Polling }, haveWaited: true),
        EpochMessage.Asked => Proceed(now with { IsWanted = true }),
        EpochMessage.Completed => Finish(now, FlowOutcome.Completed),
        EpochMessage.Stopped => Finish(now, FlowOutcome.Stopped),
        EpochMessage.Drained => IsOneOfMany(ref now)
            ? (now, EpochOrder.None)
            : (now with { Stage = EpochStage.Capturing, Left = now.Workers }, EpochOrder.Capture),
        EpochMessage.CapturedNothing => Captured(now),
        EpochMessage.Captured => Captured(now with { HasCaptured = true }),
        EpochMessage.Flushed => (now with { Commit = CommitStage.Storing }, EpochOrder.Store),
        EpochMessage.Stored => Tell(now),
        EpochMessage.Heard => IsOneOfMany(ref now) ? (now, EpochOrder.None) : Committed(now with { Commit = CommitStage.None }),
        EpochMessage.FirstPosition => Proceed(now with { HasFirstPositions = true }),
        EpochMessage.FirstPositionsStored => Proceed(now with { Commit = CommitStage.None }),
        EpochMessage.RunEnded => (now with { Stage = EpochStage.Ended }, EpochOrder.None),
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, null),
    };

    // Workers are counted, not known: one that answers twice, or too late, would stand for another.
    private static bool Fits(EpochState now, EpochMessage message) => message switch
    {
        EpochMessage.Opened => now.Stage == EpochStage.Opening,
        EpochMessage.Drained => now.Stage == EpochStage.Draining,
        EpochMessage.CapturedNothing or EpochMessage.Captured => now.Stage == EpochStage.Capturing,
        EpochMessage.Flushed => now.Commit == CommitStage.Flushing,
        EpochMessage.Stored => now.Commit == CommitStage.Storing,
        EpochMessage.Heard => now.Commit == CommitStage.Telling,
        EpochMessage.FirstPositionsStored => now.Commit == CommitStage.StoringFirstPositions,
        _ => true,
    };

    // The last one goes on for all.
    private static bool IsOneOfMany(ref EpochState now)
    {
        now = now with { Left = now.Left - 1 };
        return now.Left > 0;
    }

    private static (EpochState State, EpochOrder Order) Finish(EpochState now, FlowOutcome outcome)
    {
        // At once, also while a commit is under way that the last epoch has to wait for.
        var finishing = now with { Outcome = now.Outcome ?? outcome, IsWanted = true };
        // A stop does not wait for a client or a store that does not open.
        return now.IsOpen || outcome == FlowOutcome.Completed
            ? Proceed(finishing)
            : (finishing with { Stage = EpochStage.Ended }, EpochOrder.GiveUp);
    }

    private static (EpochState State, EpochOrder Order) Captured(EpochState now)
    {
        if (IsOneOfMany(ref now))
        {
            return (now, EpochOrder.None);
        }

        var captured = now with { Stage = EpochStage.Polling };
        return now.HasCaptured ? (captured with { Commit = CommitStage.Flushing }, EpochOrder.Flush) : Tell(captured);
    }

    private static (EpochState State, EpochOrder Order) Tell(EpochState now) =>
        (now with { Commit = CommitStage.Telling, Left = now.Workers }, EpochOrder.Tell);

    private static (EpochState State, EpochOrder Order) Committed(EpochState now) =>
        now.IsLast ? (now with { Stage = EpochStage.Ended }, EpochOrder.End) : PollOn(now, now.EveryRound);

    private static (EpochState State, EpochOrder Order) PollOn(EpochState now, bool haveWaited)
    {
        var (next, order) = Proceed(now);
        return (next, order == EpochOrder.None && haveWaited && next.IsAtRest ? EpochOrder.Poll : order);
    }

    // What is to be done next, unless something is being done.
    private static (EpochState State, EpochOrder Order) Proceed(EpochState now) => now switch
    {
        { IsOpen: false } or { Commit: not CommitStage.None } => (now, EpochOrder.None),
        // Not while others still capture: their commit would meet this one.
        { HasFirstPositions: true, Stage: not EpochStage.Capturing } =>
            (now with { HasFirstPositions = false, Commit = CommitStage.StoringFirstPositions }, EpochOrder.StoreFirstPositions),
        { IsWanted: true, Stage: EpochStage.Polling } => (BeginClosing(now), EpochOrder.Drain),
        _ => (now, EpochOrder.None),
    };

    private static EpochState BeginClosing(EpochState now) => now with
    {
        Stage = EpochStage.Draining,
        Left = now.Workers,
        Closing = now.NextClosing,
        IsWanted = false,
        HasCaptured = false,
        IsLast = now.IsFinishing,
    };
}
