using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>An execution's files, numbers and end.</summary>
public sealed class SqliteExecutionTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_ends_on_the_callers_thread_before_it_returns()
    {
        var opening = _folder.Open().AsTask();
        Assert.True(opening.IsCompletedSuccessfully);
        var execution = await opening;
        Assert.True(execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.True(execution.DisposeAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Dispose_leaves_the_store_alone_and_lets_go_of_it()
    {
        await using (var execution = await _folder.Open())
        {
            await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
            Assert.Equal(
                [
                    "store.db", "store.db-shm", "store.db-wal", "store.db.flow1.execution1.epoch", "store.db.flow1.execution1.lock",
                ],
                _folder.Files());
        }

        Assert.Equal(["store.db"], _folder.Files());
        File.Move(_folder.Store, _folder.File("moved.db"));
        Assert.Equal(["flow|source|in|a|1|1"], _folder.Query("SELECT * FROM position", _folder.File("moved.db")));
    }

    [Fact]
    public async Task Commit_of_a_number_that_is_not_the_next_is_refused_and_writes_nothing()
    {
        await _folder.Fill(1, 4, "a");
        await using (var execution = await _folder.Open())
        {
            await execution.CommitAsync(StoreFolder.Epoch(5, "a"), CancellationToken.None);

            // 4 and what was before belong to the execution before: this one cannot have tried to commit them.
            foreach (var number in new[] { -1, 0, 1, 4, 7, 8 })
            {
                var refused = await Assert.ThrowsAsync<ArgumentException>(
                    async () => await execution.CommitAsync(StoreFolder.Epoch(number, "x"), CancellationToken.None));
                Assert.Contains($"Epoch {number} of flow 'flow' cannot be committed", refused.Message, StringComparison.Ordinal);
                Assert.Contains("the next must be 6", refused.Message, StringComparison.Ordinal);
            }

            await execution.CommitAsync(StoreFolder.Epoch(6, "a"), CancellationToken.None);
        }

        Assert.Equal(["flow|source|in|a|6|6"], _folder.Query("SELECT * FROM position"));
    }

    [Theory]
    [InlineData("a b;c='d'.db")]
    [InlineData("file:x?mode=memory")]
    [InlineData("*.[é].db")]
    public async Task Any_file_name_will_do(string name)
    {
        var store = new SqliteRecoveryStore(_folder.File(name));
        await using (var execution = await store.OpenAsync("flow", false, CancellationToken.None))
        {
            await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
        }

        await using var again = await store.OpenAsync("flow", false, CancellationToken.None);
        Assert.Single(again.States);
        Assert.Contains(name, _folder.Files());
    }

    [Fact]
    public async Task A_link_to_the_file_is_the_same_store()
    {
        await _folder.Fill(1, 2, "a");
        var link = _folder.File("link.db");
        File.CreateSymbolicLink(link, _folder.Store);
        await using var execution = await _folder.Open();
        await Assert.ThrowsAsync<ExecutionAliveException>(
            async () => await new SqliteRecoveryStore(link).OpenAsync("flow", false, CancellationToken.None));
    }

    [Fact]
    public async Task Lock_files_of_crashed_executions_are_deleted_and_of_living_ones_kept()
    {
        var first = await _folder.Open();
        var second = await _folder.Open(takeOver: true);
        foreach (var stale in new[] { "store.db.flow1.execution0.lock", "store.db.flow1.execution3.lock", "store.db.flow10.execution1.lock" })
        {
            await File.WriteAllTextAsync(_folder.File(stale), "");
        }

        await second.DisposeAsync();
        await using (await _folder.Open())
        {
            Assert.Equal(
                ["store.db.flow1.execution1.lock", "store.db.flow1.execution3.lock", "store.db.flow10.execution1.lock"],
                _folder.Files().Where(file => file.EndsWith(".lock", StringComparison.Ordinal)));
        }

        await first.DisposeAsync();
        Assert.Equal(["store.db", "store.db.flow10.execution1.lock"], _folder.Files());
    }

    [Fact]
    public async Task A_store_replaced_under_a_living_execution_is_not_used_beside_it()
    {
        await using (await _folder.Open())
        {
            File.Delete(_folder.Store);
            File.Delete(_folder.Store + "-wal");
            File.Delete(_folder.Store + "-shm");
            var refused = await Assert.ThrowsAsync<RecoveryStoreException>(async () => await _folder.Open(takeOver: true));
            Assert.Contains("a process that the recovery store does not know", refused.Message, StringComparison.Ordinal);
        }

        await using var execution = await _folder.Open();
        Assert.Equal(1, execution.Number);
    }

    [Fact]
    public async Task Only_the_newest_executions_are_remembered()
    {
        for (var i = 0; i < 103; i++)
        {
            await (await _folder.Open()).DisposeAsync();
        }

        Assert.Equal(["4|103|100"], _folder.Query("SELECT min(number), max(number), count(*) FROM execution"));
    }
}
