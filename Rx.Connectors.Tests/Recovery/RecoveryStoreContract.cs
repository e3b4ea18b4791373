using Rx.Connectors.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>What every recovery store does. A store's tests derive from this and say how to make one.</summary>
public abstract partial class RecoveryStoreContract
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A store in which nothing was committed yet.</summary>
    protected abstract IRecoveryStore NewStore();

    /// <summary>The same store as a later process would open it.</summary>
    protected abstract IRecoveryStore Again(IRecoveryStore store);

    [Fact]
    public async Task Open_on_a_new_store_is_the_first_execution_and_finds_nothing()
    {
        await using var execution = await Open(NewStore());
        Assert.Equal((1, 0), (execution.Number, execution.LastEpoch));
        Assert.Empty(execution.States);
    }

    [Fact]
    public async Task Open_finds_what_was_committed_and_takes_the_next_number()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Commit(first, 1, Source("in", "a", "1"), Sink("out", "a", """{"é":"☃ 🎈"}"""));
            await Commit(first, 2, Source("in", "b", "2"));
            Assert.Equal(0, first.LastEpoch);
        }

        await using var second = await Open(Again(store));
        Assert.Equal((2, 2), (second.Number, second.LastEpoch));
        Assert.Equal(
            new HashSet<StoredPosition>
            {
                Source("in", "a", "1"), Source("in", "b", "2"), Sink("out", "a", """{"é":"☃ 🎈"}"""),
            },
            second.States.ToHashSet());
    }

    [Fact]
    public async Task Commit_replaces_adds_and_takes_away_and_leaves_the_rest()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Commit(first, 1, Source("in", "a", "1"), Source("in", "b", "1"), Source("in", "c", "1"));
            await Commit(first, 2, Source("in", "b", "2"), Source("in", "c", null), Source("in", "never", null));
            await Commit(first, 3);
            await Commit(first, 4, Source("in", "d", "4"));
        }

        await using var second = await Open(Again(store));
        Assert.Equal(4, second.LastEpoch);
        Assert.Equal(
            new HashSet<StoredPosition> { Source("in", "a", "1"), Source("in", "b", "2"), Source("in", "d", "4") },
            second.States.ToHashSet());
    }

    [Fact]
    public async Task Commit_of_a_key_twice_in_one_epoch_keeps_the_last()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Commit(first, 1, Source("in", "a", "1"), Sink("in", "a", "2"), Source("in", "b", "1"), Source("in", "b", null));
        }

        await using var second = await Open(Again(store));
        Assert.Equal([Sink("in", "a", "2")], second.States);
    }

    [Fact]
    public async Task Commit_of_a_number_again_succeeds_and_changes_nothing()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Commit(first, 1, Source("in", "a", "1"));
            await Commit(first, 1, Source("in", "a", "1"));
            await Commit(first, 1, Source("in", "a", "other"), Source("in", "b", "other"));
            await Commit(first, 2, Source("in", "b", "2"));
            await Commit(first, 2, Source("in", "b", "2"));
        }

        await using var second = await Open(Again(store));
        Assert.Equal(2, second.LastEpoch);
        Assert.Equal(
            new HashSet<StoredPosition> { Source("in", "a", "1"), Source("in", "b", "2") }, second.States.ToHashSet());
    }

    [Fact]
    public async Task Commit_that_is_cancelled_before_it_begins_can_be_tried_again()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await first.CommitAsync(Epoch(1, Source("in", "a", "1")), new CancellationToken(true)));
            await Commit(first, 1, Source("in", "a", "1"));
        }

        await using var second = await Open(Again(store));
        Assert.Equal([Source("in", "a", "1")], second.States);
    }

    [Fact]
    public async Task Commit_of_a_number_that_is_not_the_next_is_refused_and_writes_nothing()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Commit(first, 1, Source("in", "a", "1"));
            await Commit(first, 2, Source("in", "a", "2"));
        }

        await using (var second = await Open(Again(store)))
        {
            // What an earlier execution has committed this one cannot have tried.
            foreach (var number in new[] { -1, 0, 1, 2, 4, 5, 1_000_000 })
            {
                await Assert.ThrowsAsync<ArgumentException>(async () => await Commit(second, number, Source("in", "a", "wrong")));
            }

            await Commit(second, 3, Source("in", "b", "3"));
        }

        await using var third = await Open(Again(store));
        Assert.Equal(3, third.LastEpoch);
        Assert.Equal(
            new HashSet<StoredPosition> { Source("in", "a", "2"), Source("in", "b", "3") }, third.States.ToHashSet());
    }

    [Fact]
    public async Task Commit_after_dispose_is_refused()
    {
        var execution = await Open(NewStore());
        await execution.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Commit(execution, 1));
    }

    [Fact]
    public async Task Every_epoch_is_durable_when_its_commit_returns()
    {
        var store = NewStore();
        var last = await Open(store);
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            await Commit(last, epoch, Source("in", "a", $"{epoch}"), Source("in", $"{epoch}", "new"));

            // As after a crash: nobody has disposed the one before.
            last = await Open(Again(store), takeOver: true);
            Assert.Equal((epoch + 1, epoch), (last.Number, last.LastEpoch));
            Assert.Equal(epoch + 1, last.States.Count);
            Assert.Contains(Source("in", "a", $"{epoch}"), last.States);
        }

        await last.DisposeAsync();
    }

    [Fact]
    public async Task Names_and_states_come_back_as_they_were()
    {
        string[] names =
            ["", " ", "a", "A", "a ", "é", "e\u0301", "🎈", "\n\t\u0001", "a/b", "'%\"\\--", "null", "\ufffd", "\uffff", new('x', 100_000)];
        var states = names.Select(name => Source(name, name, $"\"{name.Length}\"")).ToHashSet();
        var store = NewStore();
        await using (var first = await Open(store, "🎈 ' é"))
        {
            await Commit(first, 1, [.. states]);
        }

        await using var second = await Open(Again(store), "🎈 ' é");
        Assert.Equal(states, second.States.ToHashSet());
    }

    // Not a theory: an attribute cannot hold half a surrogate pair.
    [Fact]
    public async Task Text_that_would_not_come_back_is_refused_and_nothing_of_its_epoch_is_written()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            foreach (var text in new[] { "a\0b", "\0", "a\ud800b", "\udc00" })
            {
                await Assert.ThrowsAsync<ArgumentException>(async () => await Open(Again(store), text));
                foreach (var change in new[] { Source(text, "a", "1"), Source("in", text, "1"), Source("in", "a", text) })
                {
                    await Assert.ThrowsAsync<ArgumentException>(
                        async () => await Commit(first, 1, Source("in", "before", "1"), change, Source("in", "after", "1")));
                }
            }

            await Commit(first, 1, Source("in", "a", "1"));
        }

        await using var second = await Open(Again(store));
        Assert.Equal([Source("in", "a", "1")], second.States);
    }

    [Fact]
    public async Task Open_that_is_cancelled_takes_no_number()
    {
        var store = NewStore();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await store.OpenAsync("flow", takeOver: false, new CancellationToken(true)));
        await using var execution = await Open(store);
        Assert.Equal(1, execution.Number);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Open_without_a_name_is_refused(string flow) => await Assert.ThrowsAnyAsync<ArgumentException>(
        async () => await NewStore().OpenAsync(flow, takeOver: false, CancellationToken.None));

    protected static StoredPosition Source(string step, string partition, string? state) =>
        new(StepKind.Source, step, partition, state);

    protected static StoredPosition Sink(string step, string partition, string? state) =>
        new(StepKind.Sink, step, partition, state);

    protected static EpochCommit Epoch(long number, params StoredPosition[] changes) =>
        new(number, _start.AddSeconds(number), changes);

    protected static ValueTask<IRecoveryExecution> Open(IRecoveryStore store, string flow = "flow", bool takeOver = false) =>
        store.OpenAsync(flow, takeOver, CancellationToken.None);

    protected static ValueTask Commit(IRecoveryExecution execution, long number, params StoredPosition[] changes) =>
        execution.CommitAsync(Epoch(number, changes), CancellationToken.None);
}
