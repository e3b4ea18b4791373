using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Rules F3 and F5: nothing of an epoch is committed when a part of it fails, and the error says which part.</summary>
public sealed class EpochFailureTests
{
    [Fact]
    public void F3_sources_without_data_take_part()
    {
        var rig = new Rig(("a", 9), ("b", 0), ("c", 4)) { Endless = { "b" }, MaxEpochItems = 3, Workers = 2, Pace = (_, _) => 10.Ticks() };
        var run = rig.Start();
        rig.Clock.AdvanceTo(1_000);
        Assert.Equal(rig.LogOf("snapshot c").Count + 1, Math.Max(rig.LogOf("snapshot b").Count, rig.LogOf("snapshot c").Count + 1));
        Assert.NotEmpty(rig.LogOf("snapshot b 0"));
        Assert.Null(rig.Store!["in", "b"]);
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("snapshot b ", "S5", "in", "b", "the source could not be snapshotted")]
    [InlineData("snapshot a ", "S5", "in", "a", "the source could not be snapshotted")]
    [InlineData("snapshot out0 ", "K7", "out", "out0", "the sink could not be snapshotted")]
    [InlineData("flush out1", "K3", "out", "out1", "what was written could not be made durable")]
    public void F3_F5_nothing_of_an_epoch_is_committed_when_a_part_of_it_fails(
        string when, string rule, string step, string partition, string what)
    {
        foreach (var workers in new[] { 1, 2, 3 })
        {
            var rig = new Rig(("a", 30), ("b", 30)) { Workers = workers, Pace = (_, _) => 10.Ticks(), Epoch = 25.Ticks() };
            // Not the first positions, but the epochs.
            rig.On = line => _ = line.StartsWith(when, StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal)
                ? throw new IOException("broken") : 0;
            var error = rig.RunToFailure();
            Assert.Equal($"Flow 'rig', step '{step}', partition '{partition}': {what}: broken (rule {rule})", error.Message);
            Assert.Equal((step, partition, rule), (error.Step, error.Partition, error.Rule));
            Assert.IsType<IOException>(error.InnerException);
            Assert.All(rig.Store!.States.Values, state => Assert.Equal("0", state.State));
            Assert.Empty(rig.LogOf("committed"));
            rig.AssertClosed();
            rig.On = null;
            _ = rig.RunToEnd();
            rig.AssertExact();
        }
    }

    [Fact]
    public void F3_a_flush_that_fails_later_commits_nothing_either()
    {
        var rig = new Rig(("a", 30)) { Pace = (_, _) => 10.Ticks(), Epoch = 25.Ticks() };
        rig.Sink.Flush = async (_, _) =>
        {
            await EndOfSourceTests.Later(rig.Clock, 12);
            throw new IOException("no space");
        };
        var error = rig.RunToFailure();
        Assert.Equal(("out", "K3", "no space"), (error.Step, error.Rule, error.InnerException!.Message));
        Assert.All(rig.Store!.States.Values, state => Assert.Equal("0", state.State));
        rig.AssertClosed();
    }

    [Fact]
    public void F4_an_abort_during_a_flush_does_not_call_the_store()
    {
        var rig = new Rig(("a", 60)) { Pace = (_, _) => 10.Ticks(), Epoch = 25.Ticks() };
        var isFlushing = false;
        rig.Sink.Flush = async (_, _) =>
        {
            isFlushing = true;
            await EndOfSourceTests.Later(rig.Clock, 40);
        };
        var calls = 0;
        rig.Store!.Commit = (_, _) =>
        {
            calls++;
            return Task.CompletedTask;
        };
        var run = rig.Start();
        rig.Clock.AdvanceTo(50);
        Assert.True(isFlushing);
        var before = calls;
        run.Abort();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal(before, calls);
    }

    [Fact]
    public void F3_a_commit_waits_for_every_flush_and_polling_goes_on_meanwhile()
    {
        var rig = new Rig(("a", 60)) { Pace = (_, _) => 10.Ticks(), Epoch = 25.Ticks(), MaxBatchSize = 2 };
        var flushing = 0;
        rig.Sink.Flush = async (_, _) =>
        {
            flushing++;
            await EndOfSourceTests.Later(rig.Clock, 40);
            flushing--;
        };
        var polls = 0;
        rig.On = line =>
        {
            polls += flushing > 0 && line.StartsWith("poll", StringComparison.Ordinal) ? 1 : 0;
            Assert.False(flushing > 0 && line.StartsWith("commit ", StringComparison.Ordinal), line);
        };
        _ = rig.RunToEnd();
        Assert.True(polls > 3);
        rig.AssertExact();
    }

    [Fact]
    public void F5_a_position_that_cannot_be_written_as_JSON_names_its_partition()
    {
        var rig = new Rig(("a", 1));
        var flow = new Dataflow("rig");
        flow.Input("in", new NotANumberSource()).Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("in", "x", "S5"), (error.Step, error.Partition, error.Rule));
    }

    [Fact]
    public void F5_a_store_that_cannot_be_opened_names_the_flow_and_builds_nothing()
    {
        var rig = new Rig(("a", 1));
        rig.Store!.Open = _ => throw new IOException("read-only");
        Assert.Equal("Flow 'rig': its stored positions could not be loaded: read-only (rule F3)", rig.RunToFailure().Message);
        Assert.Equal(["list 0/1", "open"], rig.Log);
    }

}
