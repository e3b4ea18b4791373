using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Rule S11 (Q1): a partition hears that a position is committed only after it is durable.</summary>
public sealed class AckTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void S11_Q1_acks_come_in_order_and_only_after_the_commit_that_holds_them(int workers)
    {
        var rig = new Rig(("a", 60), ("b", 35)) { Workers = workers, Pace = (_, next) => (next % 17).Ticks(), Epoch = 20.Ticks() };
        rig.Store!.Commit = (number, _) => number % 2 == 0 ? EndOfSourceTests.Later(rig.Clock, 13) : Task.CompletedTask;
        var acks = 0;
        rig.On = line =>
        {
            var words = line.Split(' ');
            if (words[0] == "committed")
            {
                acks++;
                Assert.Equal(words[2], rig.Store["in", words[1]]);
            }
        };
        _ = rig.RunToEnd();
        Assert.True(acks > 10);
        foreach (var key in rig.Parts.Keys)
        {
            var positions = rig.LogOf($"committed {key}").Select(line => int.Parse(line.Split(' ')[2], null)).ToArray();
            Assert.Equal(positions.Distinct().Order(), positions);
            Assert.Equal(rig.Parts[key], positions[^1]);
            // Each that was committed and differs from the one before.
            Assert.Equal(
                rig.Store.Commits.SelectMany(commit => commit.Changes).Where(state => state.Partition == key).Select(state => state.State),
                positions.Select(position => $"{position}"));
        }
    }

    [Fact]
    public void S11_a_resumed_partition_hears_of_its_stored_position_before_its_first_poll_in_every_run()
    {
        var rig = new Rig(("a", 9)) { Endless = { "a" } };
        for (var i = 0; i < 3; i++)
        {
            rig.Clear();
            var run = rig.Start();
            rig.Clock.AdvanceTo(rig.Clock.Clock + 20_000);
            run.Abort();
            rig.Clock.Start();
            if (i == 0)
            {
                Assert.Empty(rig.LogOf("committed"));
                rig.Store!.Put(new StoredPosition(StepKind.Source, "in", "a", "6")).GetAwaiter().GetResult();
                continue;
            }

            Assert.Equal(["build a 6", "start a", "committed a 6", "poll a 6"], rig.LogOf("build a", "start a", "committed a", "poll a").Take(4));
            Assert.Single(rig.LogOf("committed"));
            rig.Sink = new RigSink(rig, 2);
            rig.Store!.Put(new(StepKind.Sink, "out", "out0", null), new(StepKind.Sink, "out", "out1", null)).GetAwaiter().GetResult();
        }
    }

    [Theory]
    [InlineData("committed a 3")]
    [InlineData("committed a 9")]
    public void S11_OnCommitted_that_throws_ends_the_flow_and_names_the_rule(string when)
    {
        var rig = new Rig(("a", 9)) { MaxEpochItems = 3, Pace = (_, _) => 10.Ticks() };
        rig.On = line =>
        {
            if (line == when)
            {
                throw new IOException("broker is gone");
            }
        };
        var error = rig.RunToFailure();
        Assert.Equal("Flow 'rig', step 'in', partition 'a': it failed to take note of a commit: broker is gone (rule S11)", error.Message);
        Assert.Equal(("in", "a", "S11"), (error.Step, error.Partition, error.Rule));
        rig.AssertClosed();
        // The commit itself stands: the next run goes on after it, and tells again.
        rig.On = null;
        rig.Clear();
        _ = rig.RunToEnd();
        Assert.Equal(when, rig.LogOf("committed")[0]);
        rig.AssertExact();
    }

    [Fact]
    public void S11_OnCommitted_of_the_stored_position_that_throws_ends_the_flow_too()
    {
        var rig = new Rig(("a", 9));
        rig.Store!.Put(new StoredPosition(StepKind.Source, "in", "a", "6")).GetAwaiter().GetResult();
        rig.On = line => _ = line == "committed a 6" ? throw new IOException("broker is gone") : 0;
        Assert.Equal("S11", rig.RunToFailure().Rule);
        Assert.Empty(rig.LogOf("poll"));
        rig.AssertClosed();
    }

    [Fact]
    public void S11_OnCommitted_may_abort_the_flow()
    {
        var rig = new Rig(("a", 9));
        rig.On = line => _ = line == "committed a 9" ? throw new AbortFlowException("enough") : 0;
        Assert.IsType<AbortFlowException>(rig.Run().Exception!.InnerException);
        rig.AssertClosed();
    }

    [Theory]
    [InlineData("commit 3")]
    [InlineData("durable 3")]
    public void S11_no_ack_follows_a_commit_that_failed(string when)
    {
        var rig = new Rig(("a", 9), ("b", 4)) { Workers = 2, Retries = 0 };
        rig.On = line => _ = line == when ? throw new IOException("no disk") : 0;
        Assert.Equal("F3", rig.RunToFailure().Rule);
        Assert.Empty(rig.LogOf("committed"));
        rig.AssertClosed();
    }

    [Fact]
    public void S11_no_ack_follows_a_commit_that_was_aborted_although_it_gets_through()
    {
        var rig = new Rig(("a", 9));
        FlowRun? run = null;
        rig.On = line =>
        {
            if (line == "durable 3")
            {
                run!.Abort();
            }
        };
        run = rig.Start();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Empty(rig.LogOf("committed"));
        rig.AssertClosed();
        rig.On = null;
        _ = rig.RunToEnd();
        Assert.Equal("committed a 9", rig.LogOf("committed")[0]);
    }

    [Fact]
    public void S11_without_a_store_acks_follow_what_is_written_and_flushed()
    {
        var rig = new Rig(("a", 30)) { Store = null, Epoch = 20.Ticks(), Pace = (_, _) => 7.Ticks() };
        rig.Sink.Flush = (_, _) => EndOfSourceTests.Later(rig.Clock, 5);
        rig.On = line =>
        {
            if (line.StartsWith("committed", StringComparison.Ordinal))
            {
                var position = int.Parse(line.Split(' ')[2], null);
                Assert.True(rig.Sink.All.Count() >= position);
                Assert.Contains(rig.LogOf("flush"), _ => true);
            }
        };
        var result = rig.RunToEnd();
        Assert.True(rig.LogOf("committed").Count > 2);
        Assert.Equal((0, 0, 0), (result.Epochs.LastCommittedEpoch, result.Epochs.Committed, result.Epochs.FailedCommits));
        Assert.Null(result.Resume);
    }
}
