using Rx.Connectors.Flows;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

public sealed class EpochCoordinatorTests
{
    [Theory]
    [InlineData(1, false, 0b1)]
    [InlineData(1, true, 0b1)]
    [InlineData(2, false, 0b11)]
    [InlineData(2, true, 0b11)]
    public void F3_an_epoch_is_closed_in_whatever_order_things_happen(int workers, bool everyRound, int mayHold) =>
        Assert.InRange(EpochSearch.Run(new EpochWorld(new EpochState(workers, everyRound)) { MayHold = mayHold }), 100, int.MaxValue);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("speed", "slow")]
    public void F3_an_epoch_of_three_workers_is_closed_in_whatever_order_things_happen(bool everyRound) =>
        F3_an_epoch_is_closed_in_whatever_order_things_happen(workers: 3, everyRound, mayHold: 0b1);

    [Fact]
    public void F3_it_goes_one_way()
    {
        var coordinator = NewCoordinator(workers: 2);
        Assert.Equal(EpochOrder.Drain, coordinator.Take(EpochMessage.Asked));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Drained));
        Assert.Equal(EpochOrder.Capture, coordinator.Take(EpochMessage.Drained));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Captured));
        Assert.Equal(EpochOrder.Flush, coordinator.Take(EpochMessage.CapturedNothing));
        Assert.Equal(EpochOrder.Store, coordinator.Take(EpochMessage.Flushed));
        Assert.Equal(EpochOrder.Tell, coordinator.Take(EpochMessage.Stored));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Heard));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Heard));
        Assert.True(coordinator.State.IsAtRest);
    }

    [Fact]
    public void F3_an_epoch_in_which_nothing_has_changed_is_told_of_at_once()
    {
        var coordinator = NewCoordinator();
        Assert.Equal(EpochOrder.Drain, coordinator.Take(EpochMessage.Asked));
        Assert.Equal(EpochOrder.Capture, coordinator.Take(EpochMessage.Drained));
        Assert.Equal(EpochOrder.Tell, coordinator.Take(EpochMessage.CapturedNothing));
    }

    [Fact]
    public void F3_an_epoch_that_is_asked_for_during_a_commit_follows_it()
    {
        var coordinator = NewCoordinator();
        Take(coordinator, EpochMessage.Asked, EpochMessage.Drained, EpochMessage.Captured);
        Assert.Equal(2, coordinator.State.NextClosing);
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Asked));
        Take(coordinator, EpochMessage.Flushed, EpochMessage.Stored);
        Assert.Equal(EpochOrder.Drain, coordinator.Take(EpochMessage.Heard));
    }

    [Fact]
    public void F4_a_stop_during_a_commit_leads_to_one_more_epoch_and_to_the_end()
    {
        var coordinator = NewCoordinator();
        Take(coordinator, EpochMessage.Asked, EpochMessage.Drained, EpochMessage.Captured, EpochMessage.Stopped);
        Assert.False(coordinator.State.MayPoll(captured: 1));
        Take(coordinator, EpochMessage.Flushed, EpochMessage.Stored, EpochMessage.Heard, EpochMessage.Drained);
        Assert.Equal(EpochOrder.Tell, coordinator.Take(EpochMessage.CapturedNothing));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Asked));
        Assert.Equal(EpochOrder.End, coordinator.Take(EpochMessage.Heard));
        Assert.Equal(FlowOutcome.Stopped, coordinator.State.Outcome);
    }

    [Fact]
    public void F4_a_stop_does_not_wait_for_the_opening()
    {
        var coordinator = new EpochCoordinator(new EpochState(2, false));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Opened));
        Assert.Equal(EpochOrder.GiveUp, coordinator.Take(EpochMessage.Stopped));
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.Opened));
    }

    [Fact]
    public void K7_a_first_position_waits_for_the_commit_of_what_is_being_captured()
    {
        var coordinator = NewCoordinator(workers: 2);
        Take(coordinator, EpochMessage.Asked, EpochMessage.Drained, EpochMessage.Drained, EpochMessage.Captured);
        Assert.Equal(EpochOrder.None, coordinator.Take(EpochMessage.FirstPosition));
        Take(coordinator, EpochMessage.Captured, EpochMessage.Flushed, EpochMessage.Stored, EpochMessage.Heard);
        Assert.Equal(EpochOrder.StoreFirstPositions, coordinator.Take(EpochMessage.Heard));
    }

    [Fact]
    public void K7_a_first_position_is_stored_while_the_workers_drain()
    {
        var coordinator = NewCoordinator();
        Take(coordinator, EpochMessage.Asked);
        Assert.Equal(EpochOrder.StoreFirstPositions, coordinator.Take(EpochMessage.FirstPosition));
    }

    [Fact]
    public void Where_each_round_is_an_epoch_polling_waits_for_the_commit()
    {
        var coordinator = NewCoordinator(everyRound: true);
        Take(coordinator, EpochMessage.Asked, EpochMessage.Drained, EpochMessage.Captured, EpochMessage.Flushed, EpochMessage.Stored);
        Assert.False(coordinator.State.MayPoll(captured: 1));
        Assert.Equal(EpochOrder.Poll, coordinator.Take(EpochMessage.Heard));
        Assert.True(coordinator.State.MayPoll(captured: 1));
    }

    [Theory]
    [InlineData(EpochMessage.Opened)]
    [InlineData(EpochMessage.Drained)]
    [InlineData(EpochMessage.Captured)]
    [InlineData(EpochMessage.CapturedNothing)]
    [InlineData(EpochMessage.Flushed)]
    [InlineData(EpochMessage.Stored)]
    [InlineData(EpochMessage.Heard)]
    [InlineData(EpochMessage.FirstPositionsStored)]
    public void What_was_not_to_come_is_refused_and_changes_nothing(object message)
    {
        var coordinator = NewCoordinator();
        var before = coordinator.State;
        Assert.Throws<InvalidOperationException>(() => coordinator.Take((EpochMessage)message));
        Assert.Same(before, coordinator.State);
    }

    private static EpochCoordinator NewCoordinator(int workers = 1, bool everyRound = false)
    {
        var coordinator = new EpochCoordinator(new EpochState(workers, everyRound));
        for (var i = 0; i < workers; i++)
        {
            coordinator.Take(EpochMessage.Opened);
        }

        return coordinator;
    }

    private static void Take(EpochCoordinator coordinator, params EpochMessage[] messages) =>
        Array.ForEach(messages, message => coordinator.Take(message));
}
