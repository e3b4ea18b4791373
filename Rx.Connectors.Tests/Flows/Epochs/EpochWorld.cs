using Rx.Connectors.Flows;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Somebody who waits for an epoch to be committed.</summary>
/// <param name="Asked">Whether it has asked.</param>
/// <param name="Closing">Which closing is to answer it, as it was told.</param>
/// <param name="Covered">Whether a closing has begun since.</param>
/// <param name="Answered">Whether it was answered.</param>
internal readonly record struct Waiter(bool Asked, long Closing, bool Covered, bool Answered)
{
    public bool Waits => Asked && !Answered;
}

/// <summary>
/// What surrounds an <see cref="EpochCoordinator"/>, as a value: which workers owe it what, what the store does, who waits, and what may
/// still come. Sets of workers are bits. It knows what the coordinator does not: who has done what.
/// </summary>
internal sealed record EpochWorld(EpochState State)
{
    public int ToOpen { get; init; } = All(State);

    public int Drained { get; init; }

    public int ToDrain { get; init; }

    public int ToCapture { get; init; }

    public int Captured { get; init; }

    public int ToHear { get; init; }

    /// <summary>Whether something was captured that is not stored.</summary>
    public bool IsUnstored { get; init; }

    /// <summary>Whether that is durable.</summary>
    public bool IsFlushed { get; init; }

    /// <summary>What the store and the sinks are doing: the message that comes when it is done.</summary>
    public EpochMessage? Doing { get; init; }

    /// <summary>Workers that hold items for a sink whose first position is not stored.</summary>
    public int Held { get; init; }

    /// <summary>Those of them whose position is being stored.</summary>
    public int BeingStored { get; init; }

    /// <summary>Workers that may still meet such a sink.</summary>
    public int MayHold { get; init; }

    public Waiter First { get; init; }

    public Waiter Second { get; init; }

    /// <summary>Whether somebody has asked for an epoch that has not begun.</summary>
    public bool IsWanted { get; init; }

    public bool MayAsk { get; init; } = true;

    public bool MayComplete { get; init; } = true;

    public bool MayStop { get; init; } = true;

    /// <summary>Whether the closing that has begun last is the last of all.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether all workers have heard of that closing.</summary>
    public bool IsTold { get; init; }

    /// <summary>Whether the run is over.</summary>
    public bool HasEnded { get; init; }

    public bool IsFinishing => !MayComplete || !MayStop;

    public static int All(EpochState state) => (1 << state.Workers) - 1;

    /// <summary>Everything that may happen next, each with the message that tells of it.</summary>
    public IEnumerable<(EpochMessage Message, EpochWorld World)> Next() => HasEnded ? [] : [.. OfWorkers(), .. OfOthers()];

    private IEnumerable<(EpochMessage Message, EpochWorld World)> OfWorkers()
    {
        for (var worker = 1; worker <= All(State); worker <<= 1)
        {
            if ((ToOpen & worker) != 0)
            {
                yield return (EpochMessage.Opened, this with { ToOpen = ToOpen & ~worker });
            }

            if ((ToDrain & worker) != 0 && (Held & worker) == 0)
            {
                yield return (EpochMessage.Drained, this with { ToDrain = ToDrain & ~worker, Drained = Drained | worker });
            }

            if ((ToCapture & worker) != 0)
            {
                var captured = this with { ToCapture = ToCapture & ~worker, Captured = Captured | worker };
                yield return (EpochMessage.CapturedNothing, captured);
                yield return (EpochMessage.Captured, captured with { IsUnstored = true });
            }

            if ((ToHear & worker) != 0)
            {
                yield return (EpochMessage.Heard, this with { ToHear = ToHear & ~worker, IsTold = ToHear == worker });
            }

            if ((MayHold & worker) != 0 && (MayPoll(worker) || (ToDrain & worker) != 0))
            {
                yield return (EpochMessage.FirstPosition, this with { MayHold = MayHold & ~worker, Held = Held | worker });
            }
        }
    }

    private IEnumerable<(EpochMessage Message, EpochWorld World)> OfOthers()
    {
        yield return (EpochMessage.RunEnded, this with { HasEnded = true });
        switch (Doing)
        {
            case EpochMessage.Flushed:
                yield return (EpochMessage.Flushed, this with { Doing = null, IsFlushed = true });
                break;
            case EpochMessage.Stored:
                yield return (EpochMessage.Stored, this with { Doing = null, IsUnstored = false });
                break;
            case EpochMessage.FirstPositionsStored:
                yield return (EpochMessage.FirstPositionsStored, this with { Doing = null, Held = Held & ~BeingStored, BeingStored = 0 });
                break;
        }

        if (MayAsk)
        {
            yield return (EpochMessage.Asked, this with { MayAsk = false, IsWanted = true });
        }

        var asking = new Waiter(true, State.NextClosing, false, false);
        if (!First.Asked)
        {
            yield return (EpochMessage.Asked, this with { First = asking, IsWanted = true });
        }
        else if (!Second.Asked)
        {
            yield return (EpochMessage.Asked, this with { Second = asking, IsWanted = true });
        }

        if (MayComplete && ToOpen == 0)
        {
            yield return (EpochMessage.Completed, this with { MayComplete = false, IsWanted = true });
        }

        if (MayStop)
        {
            yield return (EpochMessage.Stopped, this with { MayStop = false, IsWanted = true });
        }
    }

    /// <summary>Whether a worker may poll, as it asks itself.</summary>
    public bool MayPoll(int worker) => State.MayPoll((Captured & worker) != 0 ? State.Closing : State.Closing - 1);
}
