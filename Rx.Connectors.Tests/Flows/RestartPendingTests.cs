using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>What happens between a partition's failure and its being built again.</summary>
public sealed class RestartPendingTests
{
    private static readonly RestartOptions _restart = new()
    {
        Backoff = new BackoffOptions { BaseDelay = TimeSpan.FromMilliseconds(100), Jitter = false },
    };

    [Fact]
    public void F3_an_epoch_between_failure_and_rebuild_commits_where_the_partition_will_go_on()
    {
        var rig = Failing();
        var run = rig.Start();
        rig.Clock.AdvanceTo(500_000);
        Assert.Single(rig.LogOf("close a"));
        var closed = run.CloseEpochAsync();
        rig.Clock.AdvanceTo(500_001);
        Assert.True(closed.IsCompletedSuccessfully);
        Assert.Equal("6", rig.Store!["in", "a"]);
        Assert.Empty(rig.LogOf("committed"));
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(["build a none", "build a 6"], rig.LogOf("build a"));
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F4_a_run_that_ends_meanwhile_builds_nothing_more(bool abort)
    {
        var rig = Failing();
        var run = rig.Start();
        rig.Clock.AdvanceTo(500_000);
        (abort ? run.Abort : (Action)run.Stop)();
        rig.Clock.Start();
        var result = run.Completion.GetAwaiter().GetResult();
        Assert.Equal(abort ? FlowOutcome.Aborted : FlowOutcome.Stopped, result.Outcome);
        Assert.Equal(abort ? null : "6", rig.Store!["in", "a"]);
        Assert.Single(rig.LogOf("build a"));
        rig.AssertClosed();
        rig.Clear();
        _ = rig.RunToEnd();
        // What was not told before is told by the next run.
        Assert.Equal(abort ? "committed a 9" : "committed a 6", rig.LogOf("committed")[0]);
        rig.AssertExact();
    }

    [Theory]
    [InlineData("build a none")]
    [InlineData("start a")]
    [InlineData("awake a")]
    public void Failures_while_the_flow_opens_are_tried_again_too_and_others_do_not_wait(string when)
    {
        var rig = new Rig(("a", 9), ("b", 9)) { Restart = _restart };
        var left = 2;
        rig.On = line =>
        {
            if (line == when && left-- > 0)
            {
                throw new IOException("not yet");
            }
        };
        Assert.Equal(18, rig.RunToEnd().ItemsRead);
        Assert.True(left < 0, string.Join('\n', rig.Log.Take(10)));
        Assert.Equal(2, rig.Last!.GetProgress().Sources[0].Restarts);
        rig.AssertExact();
        Assert.Equal(rig.LogOf("start a").Count, rig.LogOf("close a").Count);
    }

    [Fact]
    public void A_batch_that_fails_while_it_is_read_is_never_tried_again()
    {
        var rig = new Rig(("a", 9));
        var source = new HalfSource();
        var flow = new Dataflow("rig");
        flow.Input("in", source, new RestartOptions { ShouldRetry = _ => true }).Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("in", "half", "torn"), (error.Step, error.Partition, error.InnerException!.Message));
        Assert.Equal(1, source.Built);
    }

    [Fact]
    public void S5_a_partition_that_cannot_tell_its_position_is_not_built_again()
    {
        var rig = Failing();
        rig.On = line => _ = line is "poll a 6" or "snapshot a 6" ? throw new IOException(line) : 0;
        Assert.Equal("poll a 6", rig.RunToFailure().InnerException!.Message);
        Assert.Single(rig.LogOf("build a"));
        rig.AssertClosed();
    }

    private static Rig Failing()
    {
        var rig = new Rig(("a", 9)) { Restart = _restart };
        var failed = false;
        rig.On = line =>
        {
            if (line == "poll a 6" && !failed)
            {
                failed = true;
                throw new IOException("passes");
            }
        };
        return rig;
    }

    private sealed class HalfSource : FixedPartitionedSource<string, int>
    {
        public int Built { get; private set; }

        public override IReadOnlyList<string> ListPartitions() => ["half"];

        public override StatefulSourcePartition<string, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState)
        {
            Built++;
            return new Partition();
        }

        private sealed class Partition : StatefulSourcePartition<string, int>
        {
            public override IReadOnlyList<string>? NextBatch() => new Torn();

            public override ResumeState<int> Snapshot() => ResumeState<int>.None;
        }

        private sealed class Torn : List<string>, IReadOnlyList<string>
        {
            public Torn()
                : base(["one", "two"])
            {
            }

            string IReadOnlyList<string>.this[int index] => index == 1 ? throw new IOException("torn") : base[index];
        }
    }
}
