using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
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
            var flow = new Kept(("a", 20), ("b", 7), ("c", 0));
            var left = crash;
            flow.Sink.BeforeWrite = item =>
            {
                if (left-- == 0)
                {
                    throw new IOException($"crashed before {item}");
                }
            };
            var first = flow.Run();
            Assert.Equal(crash < items, first.IsFaulted);
            flow.Sink.BeforeWrite = null;
            Assert.Equal(FlowOutcome.Completed, flow.Run().GetAwaiter().GetResult().Outcome);
            flow.AssertExact();
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
                var flow = new Kept([.. sizes.Select((size, i) => ($"p{i}", size))], sinks);
                foreach (var (after, how, workers, epochItems) in runs)
                {
                    flow.RunFor(after, how, workers, epochItems);
                }

                Assert.Equal(FlowOutcome.Completed, flow.Run(workers: 2).GetAwaiter().GetResult().Outcome);
                flow.AssertExact();
            },
            iter: 2_000);
    }

    [Fact]
    public void F4_a_run_that_was_stopped_is_resumed_at_its_last_item_and_writes_nothing_twice()
    {
        var flow = new Kept(("a", 100), ("b", 50));
        var run = flow.Start();
        flow.Clock.AdvanceTo(100);
        run.Stop();
        flow.Clock.Start();
        var stopped = run.Completion.GetAwaiter().GetResult();
        Assert.Equal(FlowOutcome.Stopped, stopped.Outcome);
        Assert.InRange(stopped.ItemsRead, 1, 149);
        var resumed = flow.Run().GetAwaiter().GetResult();
        Assert.Equal(150, stopped.ItemsRead + resumed.ItemsRead);
        Assert.Equal(150, stopped.ItemsWritten + resumed.ItemsWritten);
        Assert.True(resumed.Resume!.IsResumed);
        flow.AssertExact();
    }

    [Fact]
    public void F4_aborting_takes_no_snapshot_and_commits_and_acks_nothing()
    {
        var flow = new Kept(("a", 100));
        var run = flow.Start(epoch: TimeSpan.FromTicks(60));
        flow.Clock.AdvanceTo(200);
        var commits = flow.Store.Commits.Count;
        var heard = flow.Source.Log.Count(line => line.StartsWith("committed", StringComparison.Ordinal));
        Assert.NotEqual(0, commits);
        run.Abort();
        flow.Clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal(commits, flow.Store.Commits.Count);
        Assert.Equal(heard, flow.Source.Log.Count(line => line.StartsWith("committed", StringComparison.Ordinal)));
        Assert.Equal("closed a", flow.Source.Log[^1]);
        _ = flow.Run();
        flow.AssertExact();
    }

    [Fact]
    public void F4_AbortFlowException_takes_no_snapshot_either()
    {
        var flow = new Kept(("a", 100));
        flow.Source.Failure = (_, next) => next == 30 ? new AbortFlowException("enough") : null;
        var run = flow.Run();
        Assert.Equal("enough", Assert.IsType<AbortFlowException>(run.Exception!.InnerException).Message);
        // Only the sinks' first positions, before anything was written.
        Assert.Equal(["0", "0"], flow.Store.Commits.SelectMany(commit => commit.Changes).Select(change => change.State));
        flow.Source.Failure = null;
        _ = flow.Run();
        flow.AssertExact();
    }

    [Fact]
    public void A_store_that_fails_every_third_commit_loses_nothing_and_the_flow_goes_on()
    {
        var flow = new Kept(("a", 100), ("b", 33));
        flow.Store.FailEvery(3, new IOException("busy"));
        var result = flow.Run(epoch: TimeSpan.FromTicks(100)).GetAwaiter().GetResult();
        Assert.Equal(FlowOutcome.Completed, result.Outcome);
        Assert.Equal(flow.Store.CommitAttempts / 3, result.Epochs.FailedCommits);
        Assert.True(result.Epochs.FailedCommits > 2);
        Assert.Equal("busy", result.Epochs.LastFailure);
        flow.AssertExact();
    }

    [Fact]
    public void A_store_whose_answer_is_lost_is_asked_again_and_counts_the_epoch_once()
    {
        var flow = new Kept(("a", 100), ("b", 33));
        for (var attempt = 2; attempt < 100; attempt += 2)
        {
            flow.Store.FailAfter(attempt, new IOException("connection reset"));
        }

        Assert.Equal(FlowOutcome.Completed, flow.Run(epoch: TimeSpan.FromTicks(100)).GetAwaiter().GetResult().Outcome);
        var numbers = flow.Store.Commits.Select(commit => commit.Number).Distinct().ToArray();
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(i => (long)i), numbers);
        flow.AssertExact();
    }

    [Fact]
    public void F3_a_store_that_stays_broken_ends_the_flow_with_an_error_and_nothing_is_lost()
    {
        var flow = new Kept(("a", 100));
        foreach (var attempt in new[] { 4, 5, 6 })
        {
            flow.Store.FailBefore(attempt, new IOException("No space left on device"));
        }

        var error = Assert.IsType<FlowException>(flow.Run(epoch: TimeSpan.FromTicks(100), retries: 2).Exception!.InnerException);
        Assert.Equal("Flow 'kept': epoch 4 could not be committed: No space left on device (rule F3)", error.Message);
        Assert.Equal(6, flow.Store.CommitAttempts);
        _ = flow.Run();
        flow.AssertExact();
    }

    [Fact]
    public void The_flow_goes_on_while_a_commit_takes_its_time_and_closes_no_other_epoch_meanwhile()
    {
        var flow = new Kept(("a", 300));
        flow.Store.DelayAll(150.Ticks(), flow.Clock);
        var run = flow.Start(epoch: TimeSpan.FromTicks(20));
        // The first positions are stored one after the other; then a commit of an epoch is always under way.
        flow.Clock.AdvanceTo(330);
        var before = run.GetProgress();
        var attempts = flow.Store.CommitAttempts;
        flow.Clock.AdvanceTo(430);
        Assert.Equal(attempts, flow.Store.CommitAttempts);
        Assert.True(run.GetProgress().ItemsRead > before.ItemsRead + 12);
        flow.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        flow.AssertExact();
    }

    [Fact]
    public void A_fence_is_not_tried_again_and_the_older_run_ends()
    {
        var flow = new Kept(("a", 100));
        var older = flow.Start(epoch: TimeSpan.FromTicks(100));
        flow.Clock.AdvanceTo(150);
        var attempts = flow.Store.CommitAttempts;
        var newer = flow.Store.OpenAsync("kept", takeOver: true, default).AsTask().GetAwaiter().GetResult();
        flow.Clock.Start();
        var error = Assert.IsType<FlowException>(older.Completion.Exception!.InnerException);
        Assert.IsType<ExecutionFencedException>(error.InnerException);
        Assert.Equal(attempts + 1, flow.Store.CommitAttempts);
        Assert.Equal(2, newer.Number);
    }

    [Fact]
    public void A_second_run_on_the_same_store_is_refused_unless_it_takes_over()
    {
        var flow = new Kept(("a", 100));
        var older = flow.Start(epoch: TimeSpan.FromTicks(100));
        flow.Clock.AdvanceTo(150);
        var refused = flow.Start();
        flow.Clock.AdvanceTo(160);
        var error = Assert.IsType<FlowException>(refused.Completion.Exception!.InnerException);
        Assert.IsType<ExecutionAliveException>(error.InnerException);
        var taking = flow.Start(takeOver: true);
        flow.Clock.Start();
        Assert.IsType<ExecutionFencedException>(older.Completion.Exception!.InnerException!.InnerException);
        Assert.True(taking.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Epochs_close_by_the_number_of_items_and_on_demand()
    {
        var flow = new Kept(("a", 100));
        var run = flow.Start(epochItems: 12);
        flow.Clock.AdvanceTo(95);
        var commits = flow.Store.Commits.Count;
        var closed = run.CloseEpochAsync();
        flow.Clock.AdvanceTo(96);
        Assert.True(closed.IsCompletedSuccessfully);
        Assert.Equal(commits + 1, flow.Store.Commits.Count);
        Assert.Equal(flow.Store.Commits[^1].Number, closed.GetAwaiter().GetResult());
        flow.Clock.Start();
        Assert.InRange(flow.Store.Commits.Count, 100 / 12, (100 / 12) + 4);
        Assert.True(run.CloseEpochAsync().IsFaulted);
    }

    [Fact]
    public void An_epoch_in_which_nothing_changed_is_not_committed()
    {
        var flow = new Kept(("a", 10));
        _ = flow.Run();
        var commits = flow.Store.Commits.Count;
        var again = flow.Run().GetAwaiter().GetResult();
        Assert.Equal(0, again.ItemsRead);
        Assert.Equal(0, again.Epochs.Committed);
        Assert.Equal(commits, flow.Store.Commits.Count);
    }

    [Fact]
    public void F6_a_run_with_commits_that_fail_and_are_tried_again_stays_on_its_thread_under_a_context_too()
    {
        var thread = Environment.CurrentManagedThreadId;
        var flow = new Kept(("a", 100), ("b", 33));
        flow.Store = new TestingRecoveryStore(new CommitHook(new InMemoryRecoveryStore(), attempt =>
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            _ = attempt % 3 == 0 ? throw new IOException("busy") : 0;
        }));
        flow.Backoff = TimeSpan.FromMilliseconds(3);
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ContextThatRunsNothing());
        try
        {
            var result = flow.Run(epoch: TimeSpan.FromTicks(100), workers: 3).GetAwaiter().GetResult();
            Assert.True(result.Epochs.FailedCommits > 0);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        flow.AssertExact();
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

    private sealed class ContextThatRunsNothing : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("Something left the clock.");
    }

    private static List<string> Expected(params (string Key, int Items)[] partitions) =>
        [.. partitions.SelectMany(one => Enumerable.Range(0, one.Items).Select(i => $"{one.Key}:{i}"))];
}
