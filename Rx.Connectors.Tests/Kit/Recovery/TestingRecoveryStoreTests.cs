using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Recovery;

/// <summary>A store that fails on demand, under a flow.</summary>
public sealed class TestingRecoveryStoreTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly TestingRecoveryStore _store = new();
    private readonly TestingSource<int> _source = new(1, 2, 3, 4, 5, 6);
    private readonly TestingPartitionedSink<int> _sink = new();

    [Fact]
    public void It_passes_on_and_remembers()
    {
        Assert.Equal(FlowOutcome.Completed, Run().Outcome);
        Assert.Equal(1, _store.OpenAttempts);
        Assert.Equal(_store.CommitAttempts, _store.Commits.Count);
        Assert.Equal(Enumerable.Range(1, _store.Commits.Count), _store.Commits.Select(commit => (int)commit.Number));
        AssertExact();
    }

    [Fact]
    public void Opening_fails_by_number()
    {
        _store.FailOpen(1);
        var error = Assert.Throws<FlowException>(() => Run());
        Assert.IsType<RecoveryStoreException>(error.InnerException);
        Run();
        Assert.Equal(2, _store.OpenAttempts);
        AssertExact();
    }

    [Fact]
    public void Commits_fail_before_and_after_they_got_through_and_are_tried_again()
    {
        _store.FailBefore(1).FailAfter(3, new IOException("broken"));
        var result = Run();
        Assert.Equal(2, result.Epochs.FailedCommits);
        Assert.Equal("broken", result.Epochs.LastFailure);
        Assert.Equal(_store.CommitAttempts - 1, _store.Commits.Count);
        Assert.Equal(_store.Commits[1].Number, _store.Commits[2].Number);
        AssertExact();
    }

    [Fact]
    public void A_run_that_fails_by_its_store_is_resumed_exactly()
    {
        for (var attempt = 2; attempt < 4; attempt++)
        {
            _store.FailAfter(attempt, new ExecutionFencedException("taken over"));
        }

        Assert.Throws<FlowException>(() => Run());
        for (var run = 0; run < 3 && Record.Exception(() => Run()) is not null; run++)
        {
        }

        AssertExact();
    }

    [Fact]
    public void A_commit_takes_its_time_or_hangs()
    {
        _store.Delay(1, 50.Ticks(), _clock);
        Run();
        Assert.InRange(_clock.Clock, 50, long.MaxValue);
        AssertExact();
        var hanging = new TestingRecoveryStore().Hang(1);
        var flow = new Dataflow("hangs");
        flow.Input("in", new TestingSource<int>(1)).Output("out", new TestingSink<int>());
        var run = flow.Start(Options(hanging));
        var error = Assert.Throws<FlowException>(() => _clock.RunToEnd(run));
        Assert.Equal("F3", error.Rule);
        Assert.Contains("recovery store", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, hanging.CommitAttempts);
        Assert.Empty(hanging.Commits);
    }

    private FlowResult Run()
    {
        var flow = new Dataflow("stored");
        flow.Input("in", _source).Output("out", _sink, _ => "key");
        return _clock.RunToEnd(flow.Start(Options(_store)));
    }

    private FlowOptions Options(IRecoveryStore store) => new()
    {
        Scheduler = _clock,
        MaxEpochItems = 2,
        Recovery = new RecoveryOptions
        {
            Store = store,
            CommitBackoff = new BackoffOptions { BaseDelay = 10.Ticks(), MaxDelay = 40.Ticks() },
        },
    };

    private void AssertExact() => Assert.Equal([1, 2, 3, 4, 5, 6], _sink.Items);
}
