using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>The positions of a run by themselves, without a flow.</summary>
public sealed class PositionLogTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly TestingRecoveryStore _store = new();
    private readonly List<string> _told = [];

    [Fact]
    public void It_begins_with_what_its_store_holds_and_goes_on_with_what_is_committed()
    {
        var first = Open();
        Assert.Equal(0, first.Epoch);
        Assert.Null(first.Find("in", "a"));
        Commit(first, State("a", "1"), State("b", "1"));
        Close(first);
        var second = Open();
        Assert.Equal((1, "1"), (second.Epoch, second.Find("in", "a")!.State));
        Commit(second, State("a", "2"));
        Assert.Equal((2, "2", "1"), (second.Epoch, second.Find("in", "a")!.State, second.Find("in", "b")!.State));
        Assert.Null(second.Find("out", "a"));
    }

    [Fact]
    public void Without_changes_nothing_is_committed_and_nobody_is_told()
    {
        var log = Open();
        Commit(log);
        Assert.Equal((0, 0), (log.Epoch, _store.CommitAttempts));
        Assert.Empty(_told);
    }

    [Fact]
    public void What_fails_is_tried_again_after_a_pause_with_the_same_number_and_is_not_there_before()
    {
        _store.FailBefore(1, new IOException("busy")).FailAfter(2, new IOException("reset"));
        var log = Open();
        var commit = Begin(log, State("a", "1"));
        Assert.False(commit.IsCompleted);
        Assert.Null(log.Find("in", "a"));
        _clock.Start();
        Assert.True(commit.IsCompletedSuccessfully);
        Assert.Equal(["begun", "busy", "begun", "reset", "begun"], _told);
        Assert.Equal([1L, 1L], _store.Commits.Select(one => one.Number));
        Assert.Equal((1, "1"), (log.Epoch, log.Find("in", "a")!.State));
        Assert.True(_clock.Clock >= 2 * TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public void What_cannot_pass_is_not_tried_again()
    {
        foreach (var error in new Exception[] { new ExecutionFencedException("taken over"), new ArgumentException("too long") })
        {
            var store = new TestingRecoveryStore().FailBefore(1, error);
            var log = Open(store);
            Assert.Same(error, Record(() => Begin(log, State("a", "1"))));
            Assert.Equal((1, 0L), (store.CommitAttempts, log.Epoch));
            Assert.Null(log.Find("in", "a"));
        }
    }

    [Fact]
    public void It_gives_up_after_so_many_retries()
    {
        _store.FailEvery(1, new IOException("broken"));
        var log = Open();
        Assert.IsType<IOException>(Record(() => Begin(log, State("a", "1"))));
        Assert.Equal(1 + 3, _store.CommitAttempts);
    }

    [Fact]
    public void An_abort_ends_the_attempts_and_the_pause_between_them()
    {
        _store.FailEvery(1, new IOException("broken"));
        using var abort = new CancellationTokenSource();
        var log = Open();
        var commit = Begin(log, abort.Token, State("a", "1"));
        abort.Cancel();
        _clock.Start();
        Assert.True(commit.IsCanceled);
        Assert.Equal(1, _store.CommitAttempts);
    }

    [Fact]
    public void Its_store_is_told_of_the_end_once()
    {
        var log = Open();
        Close(log);
        // Another run has begun, and is not to be ended by the first.
        _ = Open();
        Close(log);
        Assert.Throws<ExecutionAliveException>(() => Open());
    }

    private static StoredPosition State(string partition, string state) => new(StepKind.Source, "in", partition, state);

    private static void Close(PositionLog log) => log.CloseAsync().AsTask().GetAwaiter().GetResult();

    private PositionLog Open(TestingRecoveryStore? store = null)
    {
        var options = new RecoveryOptions
        {
            Store = store ?? _store,
            MaxCommitRetryAttempts = 3,
            CommitBackoff = new BackoffOptions { BaseDelay = TimeSpan.FromMilliseconds(1), Jitter = false },
        };
        return new PositionLog(
            options.Store.OpenAsync("f", false, default).AsTask().GetAwaiter().GetResult(), options, new PositionJson(null), _clock);
    }

    private void Commit(PositionLog log, params StoredPosition[] changes)
    {
        var commit = Begin(log, changes);
        _clock.Start();
        Assert.True(commit.IsCompletedSuccessfully);
    }

    private Task Begin(PositionLog log, params StoredPosition[] changes) => Begin(log, CancellationToken.None, changes);

    private Task Begin(PositionLog log, CancellationToken abort, params StoredPosition[] changes) => _clock.InOneAction(() =>
        log.CommitAsync(changes, 0L.At(), () => _told.Add("begun"), error => _told.Add(error.Message), abort));

    private Exception? Record(Func<Task> commit)
    {
        var task = commit();
        _clock.Start();
        return task.Exception?.InnerException;
    }
}
