using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Rules F3, F4 and K7: what is committed, when, and what a run that ended anywhere leaves for the next.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public void F3_what_was_written_and_what_was_read_resume_together_wherever_the_run_is_cut()
    {
        // A crash before every single write in turn, then a run to the end.
        var items = Expected(("a", 20), ("b", 7), ("c", 0)).Count;
        for (var crash = 0; crash <= items; crash++)
        {
            var rig = Paced(("a", 20), ("b", 7), ("c", 0));
            var left = crash;
            rig.On = line =>
            {
                if (line.StartsWith("write ", StringComparison.Ordinal) && left-- == 0)
                {
                    throw new IOException($"crashed before '{line}'");
                }
            };
            var first = rig.Run();
            Assert.Equal(crash < items, first.IsFaulted);
            rig.On = null;
            _ = rig.RunToEnd();
            rig.AssertExact();
        }
    }

    [Fact]
    [Trait("speed", "slow")]
    public void F3_K7_any_sequence_of_crashes_stops_and_worker_counts_ends_with_every_item_once()
    {
        var ends = Gen.Select(Gen.Int[0, 60], Gen.Int[0, 3], Gen.Int[1, 4], Gen.Int[1, 25]);
        Gen.Select(ends.Array[0, 6], Gen.Int[0, 40].Array[1, 5], Gen.Int[1, 6]).Sample(
            (runs, sizes, sinks) =>
            {
                var rig = Paced([.. sizes.Select((size, i) => ($"p{i}", size))]);
                rig.Sink = new RigSink(rig, sinks);
                foreach (var (after, how, workers, epochItems) in runs)
                {
                    RunFor(rig, after, how, workers, epochItems);
                }

                rig.Workers = 2;
                rig.MaxEpochItems = null;
                _ = rig.RunToEnd();
                rig.AssertExact();
            },
            iter: 2_000);
    }

    [Fact]
    public void F4_a_run_that_was_stopped_is_resumed_at_its_last_item_and_writes_nothing_twice()
    {
        var rig = Paced(("a", 100), ("b", 50));
        var run = rig.Start();
        rig.Clock.AdvanceTo(100);
        run.Stop();
        rig.Clock.Start();
        var stopped = run.Completion.GetAwaiter().GetResult();
        Assert.Equal(FlowOutcome.Stopped, stopped.Outcome);
        Assert.InRange(stopped.ItemsRead, 1, 149);
        var resumed = rig.Run().GetAwaiter().GetResult();
        Assert.Equal(150, stopped.ItemsRead + resumed.ItemsRead);
        Assert.Equal(150, stopped.ItemsWritten + resumed.ItemsWritten);
        Assert.True(resumed.Resume!.IsResumed);
        rig.AssertExact();
    }

    [Fact]
    public void F4_aborting_takes_no_snapshot_and_commits_and_acks_nothing()
    {
        var rig = Paced(("a", 100));
        rig.Epoch = 60.Ticks();
        var run = rig.Start();
        rig.Clock.AdvanceTo(200);
        var commits = rig.Store!.Plan.Commits.Count;
        var heard = rig.LogOf("committed").Count;
        Assert.NotEqual(0, commits);
        run.Abort();
        rig.Clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal(commits, rig.Store!.Plan.Commits.Count);
        Assert.Equal(heard, rig.LogOf("committed").Count);
        Assert.Equal("close a", rig.LogOf("build a", "committed", "close a")[^1]);
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void F4_AbortFlowException_takes_no_snapshot_either()
    {
        var rig = Paced(("a", 100));
        rig.On = static line => _ = line == "poll a 30" ? throw new AbortFlowException("enough") : 0;
        var run = rig.Run();
        Assert.Equal("enough", Assert.IsType<AbortFlowException>(run.Exception!.InnerException).Message);
        // Only the sinks' first positions, before anything was written.
        Assert.Equal(["0", "0"], rig.Store!.Plan.Commits.SelectMany(commit => commit.Changes).Select(change => change.State));
        rig.On = null;
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void A_store_that_fails_every_third_commit_loses_nothing_and_the_flow_goes_on()
    {
        var rig = Paced(("a", 100), ("b", 33));
        rig.Store!.Plan.FailEvery(3, new IOException("busy"));
        rig.Epoch = 100.Ticks();
        var result = rig.RunToEnd();
        Assert.Equal(rig.Store!.Plan.CommitAttempts / 3, result.Epochs.FailedCommits);
        Assert.True(result.Epochs.FailedCommits > 2);
        Assert.Equal("busy", result.Epochs.LastFailure);
        rig.AssertExact();
    }

    [Fact]
    public void A_store_whose_answer_is_lost_is_asked_again_and_counts_the_epoch_once()
    {
        var rig = Paced(("a", 100), ("b", 33));
        for (var attempt = 2; attempt < 100; attempt += 2)
        {
            rig.Store!.Plan.FailAfter(attempt, new IOException("connection reset"));
        }

        rig.Epoch = 100.Ticks();
        _ = rig.RunToEnd();
        var numbers = rig.Store!.Plan.Commits.Select(commit => commit.Number).Distinct().ToArray();
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(i => (long)i), numbers);
        rig.AssertExact();
    }

    [Fact]
    public void F3_a_store_that_stays_broken_ends_the_flow_with_an_error_and_nothing_is_lost()
    {
        var rig = Paced(("a", 100));
        foreach (var attempt in new[] { 4, 5, 6 })
        {
            rig.Store!.Plan.FailBefore(attempt, new IOException("No space left on device"));
        }

        rig.Epoch = 100.Ticks();
        rig.Retries = 2;
        var error = rig.RunToFailure();
        Assert.Equal("Flow 'rig': epoch 4 could not be committed: No space left on device (rule F3)", error.Message);
        Assert.Equal(6, rig.Store!.Plan.CommitAttempts);
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Fact]
    public void The_flow_goes_on_while_a_commit_takes_its_time_and_closes_no_other_epoch_meanwhile()
    {
        var rig = Paced(("a", 300));
        rig.Store!.Plan.DelayAll(150.Ticks(), rig.Clock);
        rig.Epoch = 20.Ticks();
        var run = rig.Start();
        // The first positions are stored one after the other; then a commit of an epoch is always under way.
        rig.Clock.AdvanceTo(330);
        var before = run.GetProgress();
        var attempts = rig.Store!.Plan.CommitAttempts;
        rig.Clock.AdvanceTo(430);
        Assert.Equal(attempts, rig.Store!.Plan.CommitAttempts);
        Assert.True(run.GetProgress().ItemsRead > before.ItemsRead + 12);
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        rig.AssertExact();
    }

    [Fact]
    public void A_fence_is_not_tried_again_and_the_older_run_ends()
    {
        var rig = Paced(("a", 100));
        rig.Epoch = 100.Ticks();
        var older = rig.Start();
        rig.Clock.AdvanceTo(150);
        var attempts = rig.Store!.Plan.CommitAttempts;
        var newer = rig.Store!.OpenAsync("rig", takeOver: true, default).AsTask().GetAwaiter().GetResult();
        rig.Clock.Start();
        var error = Assert.IsType<FlowException>(older.Completion.Exception!.InnerException);
        Assert.IsType<ExecutionFencedException>(error.InnerException);
        Assert.Equal(attempts + 1, rig.Store!.Plan.CommitAttempts);
        Assert.Equal(2, newer.Number);
    }

    [Fact]
    public void A_second_run_on_the_same_store_is_refused_unless_it_takes_over()
    {
        var rig = Paced(("a", 100));
        rig.Epoch = 100.Ticks();
        var older = rig.Start();
        rig.Clock.AdvanceTo(150);
        rig.Epoch = TimeSpan.FromSeconds(10);
        var refused = rig.Start();
        rig.Clock.AdvanceTo(160);
        var error = Assert.IsType<FlowException>(refused.Completion.Exception!.InnerException);
        Assert.IsType<ExecutionAliveException>(error.InnerException);
        rig.TakeOver = true;
        var taking = rig.Start();
        rig.Clock.Start();
        Assert.IsType<ExecutionFencedException>(older.Completion.Exception!.InnerException!.InnerException);
        Assert.True(taking.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Epochs_close_by_the_number_of_items_and_on_demand()
    {
        var rig = Paced(("a", 100));
        rig.MaxEpochItems = 12;
        var run = rig.Start();
        rig.Clock.AdvanceTo(95);
        var commits = rig.Store!.Plan.Commits.Count;
        var closed = run.CloseEpochAsync();
        rig.Clock.AdvanceTo(96);
        Assert.True(closed.IsCompletedSuccessfully);
        Assert.Equal(commits + 1, rig.Store!.Plan.Commits.Count);
        Assert.Equal(rig.Store!.Plan.Commits[^1].Number, closed.GetAwaiter().GetResult());
        rig.Clock.Start();
        Assert.InRange(rig.Store!.Plan.Commits.Count, 100 / 12, (100 / 12) + 4);
        Assert.True(run.CloseEpochAsync().IsFaulted);
    }

    [Fact]
    public void An_epoch_in_which_nothing_changed_is_not_committed()
    {
        var rig = Paced(("a", 10));
        _ = rig.Run();
        var commits = rig.Store!.Plan.Commits.Count;
        var again = rig.Run().GetAwaiter().GetResult();
        Assert.Equal(0, again.ItemsRead);
        Assert.Equal(0, again.Epochs.Committed);
        Assert.Equal(commits, rig.Store!.Plan.Commits.Count);
    }

    [Fact]
    public void F6_a_run_with_commits_that_fail_and_are_tried_again_stays_on_its_thread_under_a_context_too()
    {
        var thread = Environment.CurrentManagedThreadId;
        var rig = Paced(("a", 100), ("b", 33));
        var attempts = 0;
        rig.On = line =>
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            _ = line.StartsWith("commit ", StringComparison.Ordinal) && ++attempts % 3 == 0 ? throw new IOException("busy") : 0;
        };
        rig.Backoff = TimeSpan.FromMilliseconds(3);
        rig.Epoch = 100.Ticks();
        rig.Workers = 3;
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ContextThatRunsNothing());
        try
        {
            var result = rig.RunToEnd();
            Assert.True(result.Epochs.FailedCommits > 0);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        rig.AssertExact();
    }

    [Fact]
    public async Task A_commit_that_is_tried_again_is_tried_beside_the_worker_too()
    {
        var threads = new List<string?>();
        var store = new CommitHook(new InMemoryRecoveryStore(), attempt =>
        {
            threads.Add(Thread.CurrentThread.Name);
            _ = attempt < 4 ? throw new IOException("busy") : 0;
        });
        var flow = new Dataflow("retried");
        flow.Input("in", new CountedSource(("a", 10))).Output("out", new KeptSink("one"), item => item);
        var result = await flow.RunAsync(
            new FlowOptions
            {
                Recovery = new RecoveryOptions { Store = store, CommitBackoff = new() { BaseDelay = TimeSpan.FromMilliseconds(2), Jitter = false } },
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(3, result.Epochs.FailedCommits);
        Assert.DoesNotContain("flow retried", threads);
    }

    private static Rig Paced(params (string Key, int Items)[] partitions) =>
        new(partitions) { Pace = static (key, next) => (((next * 7) + key[^1]) % 23).Ticks(), Retries = 8 };

    /// <summary>Runs until some items are written, and ends then: 0 crash in a write, 1 abort, 2 stop, 3 crash of a commit.</summary>
    private static void RunFor(Rig rig, int items, int how, int workers, int epochItems)
    {
        rig.Workers = workers;
        rig.MaxEpochItems = epochItems;
        rig.On = line =>
        {
            if (!line.StartsWith("write ", StringComparison.Ordinal) || items-- != 0)
            {
                return;
            }

            switch (how)
            {
                case 0: throw new IOException("crashed");
                case 1: rig.Last!.Abort(); break;
                case 2: rig.Last!.Stop(); break;
                default: rig.Store!.Plan.FailBefore(rig.Store.Plan.CommitAttempts + 1, new ExecutionFencedException("fenced")); break;
            }
        };
        _ = rig.Run();
        rig.On = null;
    }

    private sealed class ContextThatRunsNothing : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("Something left the clock.");
    }

    private static List<string> Expected(params (string Key, int Items)[] partitions) =>
        [.. partitions.SelectMany(one => Enumerable.Range(0, one.Items).Select(i => $"{one.Key}:{i}"))];
}
