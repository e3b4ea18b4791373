using Rx.Connectors.Flows;

namespace Rx.Connectors.Tests.Flows;

/// <summary>What must hold of each order that an <see cref="EpochCoordinator"/> gives, and of each place that it comes to.</summary>
internal static class EpochLaws
{
    /// <summary>The world after an order.</summary>
    /// <param name="world">Before it, with what was told.</param>
    /// <param name="told">What led to the order.</param>
    /// <param name="order">The order.</param>
    /// <param name="state">What the coordinator is in since.</param>
    public static EpochWorld Obey(EpochWorld world, EpochMessage told, EpochOrder order, EpochState state)
    {
        var all = EpochWorld.All(state);
        var next = world with { State = state };
        Hold(!world.HasEnded || order == EpochOrder.None, "nothing comes after the end");
        Hold(order == EpochOrder.GiveUp || told != EpochMessage.Stopped || world.ToOpen == 0 || world.HasEnded, "a stop does not wait for the opening");
        switch (order)
        {
            case EpochOrder.None or EpochOrder.Poll:
                return next;

            case EpochOrder.Drain:
                Hold(!world.IsLast, "the last epoch is followed by the end and nothing else");
                Hold(world.IsWanted, "no epoch begins that nobody has asked for");
                Hold(world.ToOpen == 0, "no epoch begins before every worker is open");
                Hold(world is { ToDrain: 0, ToCapture: 0 }, "an epoch begins when the one before is captured");
                HoldNoCommit(world);
                return next with
                {
                    ToDrain = all,
                    Drained = 0,
                    Captured = 0,
                    IsFlushed = false,
                    IsTold = false,
                    IsWanted = false,
                    IsLast = world.IsFinishing,
                    First = Cover(world.First),
                    Second = Cover(world.Second),
                };

            case EpochOrder.Capture:
                Hold(world.Drained == all, "nobody captures before all have drained");
                return next with { ToCapture = all };

            case EpochOrder.Flush:
                Hold(world.Captured == all, "nothing is committed before all have captured");
                Hold(world.IsUnstored, "an epoch in which nothing has changed is not committed");
                HoldNoCommit(world);
                return next with { Doing = EpochMessage.Flushed };

            case EpochOrder.Store:
                Hold(world.IsFlushed, "nothing is stored before it is flushed");
                HoldNoCommit(world);
                return next with { Doing = EpochMessage.Stored };

            case EpochOrder.Tell:
                Hold(world.Captured == all, "nobody hears before all have captured");
                Hold(!world.IsUnstored, "a source hears of a commit after it is stored");
                HoldNoCommit(world);
                return next with { ToHear = all, First = Answer(world.First, state), Second = Answer(world.Second, state) };

            case EpochOrder.StoreFirstPositions:
                Hold((world.Held & ~world.BeingStored) != 0, "there is a first position to be stored");
                HoldNoCommit(world);
                return next with { Doing = EpochMessage.FirstPositionsStored, BeingStored = world.Held };

            case EpochOrder.End:
                Hold(world is { IsLast: true, IsTold: true }, "the run ends when the last epoch is told of");
                HoldNoCommit(world);
                return next with { HasEnded = true };

            case EpochOrder.GiveUp:
                Hold(told == EpochMessage.Stopped && world.ToOpen != 0, "only a run that is not open is given up");
                return next with { HasEnded = true };

            default:
                throw new InvalidOperationException($"{order} is not known here.");
        }
    }

    /// <summary>What must hold wherever it comes to.</summary>
    public static void Check(EpochWorld world)
    {
        var state = world.State;
        Hold((state.Stage == EpochStage.Ended) == world.HasEnded, "it knows whether the run has ended");
        for (var worker = 1; worker <= EpochWorld.All(state); worker <<= 1)
        {
            var mayPoll = world.MayPoll(worker);
            Hold(!mayPoll || !world.IsFinishing, "nothing is polled when the run is to end");
            Hold(!mayPoll || world.ToOpen == 0, "nothing is polled before every worker is open");
            Hold(!mayPoll || ((world.ToDrain | world.ToCapture) & worker) == 0, "nothing is polled between draining and capturing");
            Hold(!mayPoll || !(state.EveryRound && IsBusy(world)), "an epoch of each round is committed before the next");
        }
    }

    /// <summary>What must hold where nothing but a new wish leads on: whoever waits there waits for ever.</summary>
    public static void CheckRest(EpochWorld world)
    {
        Hold(world.HasEnded || !world.IsFinishing, "a run that is to end ends");
        Hold(world.HasEnded || world.Held == 0, "every first position is stored");
        Hold(world.HasEnded || !(world.First.Waits || world.Second.Waits), "whoever asks is answered");
        Hold(world.HasEnded || world.MayPoll(1), "the workers poll");
        Hold(world.HasEnded || !world.IsUnstored, "what was captured is stored");
    }

    private static bool IsBusy(EpochWorld world) => world.Doing is not null || world.ToHear != 0 || world.ToDrain != 0 || world.ToCapture != 0;

    private static void HoldNoCommit(EpochWorld world) => Hold(world is { Doing: null, ToHear: 0 }, "there are never two commits at once");

    private static Waiter Cover(Waiter one) => one with { Covered = one.Asked };

    private static Waiter Answer(Waiter one, EpochState state)
    {
        var answers = one.Waits && one.Closing <= state.Closing;
        Hold(!answers || one.Covered, "whoever asks is answered by an epoch that began after it asked");
        Hold(answers || !one.Waits || !one.Covered, "whoever asks is answered by the next epoch");
        return answers ? one with { Answered = true } : one;
    }

    private static void Hold(bool holds, string law)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It does not hold that {law}.");
        }
    }
}
