using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Rule F4 (Q2): stopping and aborting, at whatever moment.</summary>
public sealed class StopTests
{
    /// <summary>Every line of a short run with a store that takes its time: where the run is stopped, aborted or fails.</summary>
    public static TheoryData<string> Moments
    {
        get
        {
            var rig = Slow();
            _ = rig.RunToEnd();
            return [.. rig.Log.Distinct()];
        }
    }

    [Fact]
    public void F4_Q2_a_stop_takes_a_last_snapshot_commits_acks_and_closes_in_this_order()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks() };
        rig.Sink = new RigSink(rig, 1);
        rig.Store!.Commit = (_, _) => EndOfSourceTests.Later(rig.Clock, 5);
        var run = rig.Start();
        rig.Clock.AdvanceTo(37);
        rig.Clear();
        run.Stop();
        Assert.True(run.IsStopping);
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Stopped, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal(
            ["snapshot a 9", "snapshot out0 9", "flush out0", "commit 2", "durable 2", "committed a 9", "close a", "close out0", "closed"],
            rig.Log);
        rig.Pace = null;
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void F4_a_second_stop_and_one_after_the_end_change_nothing()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks() };
        var run = rig.Start();
        rig.Clock.AdvanceTo(37);
        run.Stop();
        run.Stop();
        rig.On = line =>
        {
            if (line.StartsWith("commit", StringComparison.Ordinal))
            {
                run.Stop();
            }
        };
        rig.Clock.Start();
        run.Stop();
        run.Abort();
        Assert.Equal(FlowOutcome.Stopped, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Single(rig.LogOf("committed"));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void F4_a_stop_at_any_moment_ends_the_run_and_the_next_one_goes_on(string moment)
    {
        var rig = Slow();
        rig.On = line =>
        {
            if (line == moment)
            {
                rig.Last!.Stop();
            }
        };
        var result = rig.Run().GetAwaiter().GetResult();
        Assert.Contains(moment, rig.Log);
        Assert.Empty(result.NotClosed);
        rig.AssertClosed();
        Assert.Equal(result.ItemsRead, result.ItemsWritten);
        rig.On = null;
        var next = rig.RunToEnd();
        Assert.Equal(9, result.ItemsRead + next.ItemsRead);
        rig.AssertExact();
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void F4_an_abort_at_any_moment_closes_everything_and_the_next_run_goes_on(string moment)
    {
        var rig = Slow();
        rig.On = line =>
        {
            if (line == moment)
            {
                rig.Last!.Abort();
            }
        };
        var run = rig.Run();
        // What is closed only when the run has ended is too late.
        var isOver = moment is "closed" || moment.StartsWith("close out", StringComparison.Ordinal);
        Assert.Equal(isOver ? FlowOutcome.Completed : FlowOutcome.Aborted, run.GetAwaiter().GetResult().Outcome);
        var after = rig.Log.SkipWhile(line => line != moment).Skip(1).ToArray();
        Assert.DoesNotContain(after, line => line.StartsWith("committed", StringComparison.Ordinal));
        Assert.DoesNotContain(after, line => line.StartsWith("commit ", StringComparison.Ordinal));
        rig.AssertClosed();
        rig.On = null;
        rig.Clear();
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void F4_F5_a_failure_at_any_moment_closes_everything_and_the_next_run_goes_on(string moment)
    {
        var rig = Slow();
        rig.Retries = 0;
        rig.On = line => _ = line == moment ? throw new IOException("broken") : 0;
        var run = rig.Run();
        if (run.IsFaulted)
        {
            var error = Assert.IsType<FlowException>(run.Exception!.InnerException);
            Assert.Equal(("rig", "broken"), (error.Flow, error.InnerException!.Message));
        }
        else
        {
            // One that cannot be closed is named.
            Assert.Single(run.Result.NotClosed);
        }

        rig.On = null;
        rig.Clear();
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void F4_a_cancelled_token_stops_gracefully_also_before_the_start()
    {
        using var cancel = new CancellationTokenSource();
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks() };
        var run = rig.Start(cancel.Token);
        rig.Clock.AdvanceTo(37);
        cancel.Cancel();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Stopped, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal(["committed a 9"], rig.LogOf("committed"));
        var never = rig.Start(cancel.Token);
        rig.Clock.Start();
        Assert.Equal((FlowOutcome.Stopped, 0L), (never.Completion.GetAwaiter().GetResult().Outcome, never.Completion.Result.ItemsRead));
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void F4_a_stop_while_a_commit_fails_waits_for_its_retries_and_the_last_commit()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks(), MaxEpochItems = 12 };
        var failures = 3;
        rig.On = line => _ = line == "commit 3" && failures-- > 0 ? throw new IOException("busy") : 0;
        var run = rig.Start();
        rig.Clock.AdvanceTo(55);
        Assert.True(run.GetProgress().Epochs.FailedCommits > 0);
        run.Stop();
        rig.Clock.Start();
        var result = run.Completion.GetAwaiter().GetResult();
        Assert.Equal((FlowOutcome.Stopped, 3L), (result.Outcome, result.Epochs.FailedCommits));
        Assert.Equal($"{result.ItemsRead}", rig.Store!["in", "a"]);
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void F4_a_last_commit_that_fails_for_good_fails_the_run_and_loses_nothing()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks(), Retries = 2 };
        var run = rig.Start();
        rig.Clock.AdvanceTo(55);
        rig.On = line => _ = line.StartsWith("commit ", StringComparison.Ordinal) ? throw new IOException("no disk") : 0;
        run.Stop();
        rig.Clock.Start();
        Assert.Equal("F3", Assert.IsType<FlowException>(run.Completion.Exception!.InnerException).Rule);
        rig.AssertClosed();
        rig.On = null;
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void F4_an_abort_does_not_wait_for_a_store_that_hangs_longer_than_CloseTimeout()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks(), MaxEpochItems = 12, CloseTimeout = 700.Ticks() };
        rig.Store!.Commit = (number, _) => number == 3 ? new TaskCompletionSource().Task : Task.CompletedTask;
        var run = rig.Start();
        rig.Clock.AdvanceTo(55);
        run.Abort();
        rig.Clock.Start();
        Assert.Equal(["recovery store"], run.Completion.GetAwaiter().GetResult().NotClosed);
        Assert.Equal(755, rig.Clock.Clock);
    }

    [Fact]
    public void F4_an_abort_cancels_a_commit_and_a_flush_that_listen_to_it()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks(), MaxEpochItems = 12 };
        rig.Sink.Flush = (_, stop) => EndOfSourceTests.Never(stop);
        var run = rig.Start();
        rig.Clock.AdvanceTo(55);
        run.Abort();
        rig.Clock.Start();
        Assert.Empty(run.Completion.GetAwaiter().GetResult().NotClosed);
        rig.AssertClosed();
    }

    [Fact]
    public void F4_the_first_signal_stops_the_second_aborts_and_a_third_is_left_to_the_system()
    {
        var rig = new Rig(("a", 90)) { Pace = (_, _) => 10.Ticks() };
        rig.Store!.Commit = (number, stop) => number == 3 ? EndOfSourceTests.Never(stop) : Task.CompletedTask;
        var run = rig.Start();
        rig.Clock.AdvanceTo(55);
        Assert.True(FlowSignals.Stop(run, 1));
        // Before it is given up.
        rig.Clock.AdvanceTo(TimeSpan.FromSeconds(5).Ticks);
        Assert.True(run.IsStopping);
        Assert.False(run.Completion.IsCompleted);
        Assert.True(FlowSignals.Stop(run, 2));
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.False(FlowSignals.Stop(run, 3));
        rig.AssertClosed();
    }

    [Fact]
    public void Q3_a_source_that_completes_and_a_step_that_aborts_end_the_flow()
    {
        var rig = new Rig(("a", 9));
        var flow = new Dataflow("rig");
        flow.Input("in", rig.Source).Select(item => item == "a:5" ? throw new AbortFlowException("the last one") : item)
            .Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        Assert.Equal("the last one", Assert.IsType<AbortFlowException>(run.Completion.Exception!.InnerException).Message);
        Assert.Empty(rig.LogOf("committed", "snapshot a"));
        rig.AssertClosed();
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Q3_a_step_that_stops_the_flow_lets_what_was_polled_with_the_item_be_written_and_committed(int workers)
    {
        var rig = new Rig(("a", 9)) { Workers = workers };
        var flow = new Dataflow("rig");
        flow.Input("in", rig.Source).StopWhen(item => item == "a:4").Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        var result = run.Completion.GetAwaiter().GetResult();
        Assert.Equal((FlowOutcome.Stopped, 6L, 6L), (result.Outcome, result.ItemsRead, result.ItemsWritten));
        Assert.Equal("6", rig.Store!["in", "a"]);
        rig.AssertClosed();
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    // Both sink partitions, a store that takes 3 ticks, two epochs, two workers.
    private static Rig Slow()
    {
        var rig = new Rig(("a", 9)) { Workers = 2, Pace = (_, next) => (next == 9 ? 40 : 10).Ticks(), MaxEpochItems = 100 };
        rig.Store!.Open = _ => EndOfSourceTests.Later(rig.Clock, 3);
        rig.Store.Commit = (_, _) => EndOfSourceTests.Later(rig.Clock, 3);
        return rig;
    }
}
