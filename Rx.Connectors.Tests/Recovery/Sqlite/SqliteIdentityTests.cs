using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>One store is never taken for two, and what is left of one never for a new one.</summary>
[Trait("speed", "slow")]
public sealed class SqliteIdentityTests : IDisposable
{
    private readonly StoreFolder _folder = new(onDisk: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hard_link_is_refused_as_long_as_there_are_two(bool inUse)
    {
        await _folder.Fill(1, 3, "a");
        var link = _folder.File("link.db");
        await using (var execution = inUse ? await _folder.Open() : null)
        {
            Assert.SkipUnless(SmallDisk.Run("ln", _folder.Store, link), "There are no hard links here.");
            Assert.Contains("has 2 names, which are hard links", await Refused(link), StringComparison.Ordinal);
            Assert.Contains("has 2 names, which are hard links", await Refused(_folder.Store), StringComparison.Ordinal);

            // It does not take the store away from who has it.
            await (execution?.CommitAsync(StoreFolder.Epoch(4, "a"), CancellationToken.None) ?? ValueTask.CompletedTask);
        }

        File.Delete(link);
        await using var next = await _folder.Open();
        Assert.Equal(inUse ? 4 : 3, next.LastEpoch);
    }

    [Fact]
    public async Task Another_name_by_a_mount_is_refused_while_the_store_is_in_use()
    {
        await _folder.Fill(1, 3, "a");
        var mounted = _folder.File("mounted.db");
        await File.WriteAllTextAsync(mounted, "");
        Assert.SkipUnless(SmallDisk.Run("mount", "--bind", _folder.Store, mounted), "Mounting a file needs Linux and root.");
        try
        {
            await using var execution = await _folder.Open();
            await execution.CommitAsync(StoreFolder.Epoch(4, "a"), CancellationToken.None);
            using (var process = CommitLoopProcess.Idles(mounted))
            {
                Assert.Contains("was not closed by its last execution", await process.ReadLineAsync(), StringComparison.Ordinal);
            }

            // And in this process, where SQLite has one index for both logs.
            await Refused(mounted);
            await execution.CommitAsync(StoreFolder.Epoch(5, "a"), CancellationToken.None);
        }
        finally
        {
            SmallDisk.Run("umount", mounted);
        }

        await using var next = await _folder.Open();
        Assert.Equal(5, next.LastEpoch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_symbolic_link_to_the_file_or_its_directory_is_the_same_store(bool toFile)
    {
        await _folder.Fill(1, 3, "a");
        var folder = Directory.CreateTempSubdirectory("links-").FullName;
        try
        {
            var link = Path.Combine(folder, "link");
            var path = toFile ? link : Path.Combine(link, "store.db");
            _ = toFile ? File.CreateSymbolicLink(link, _folder.Store) : Directory.CreateSymbolicLink(link, _folder.Folder);
            await using (var execution = await _folder.Open())
            {
                await execution.CommitAsync(StoreFolder.Epoch(4, "a"), CancellationToken.None);
                await Assert.ThrowsAsync<ExecutionAliveException>(
                    async () => await new SqliteRecoveryStore(path).OpenAsync("flow", false, CancellationToken.None));
            }

            await using (var linked = await new SqliteRecoveryStore(path).OpenAsync("flow", false, CancellationToken.None))
            {
                Assert.Equal(4, linked.LastEpoch);
                await linked.CommitAsync(StoreFolder.Epoch(5, "a"), CancellationToken.None);
                await Assert.ThrowsAsync<ExecutionAliveException>(async () => await _folder.Open());
            }

            await using var next = await _folder.Open();
            Assert.Equal(5, next.LastEpoch);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("store.db-wal")]
    [InlineData("store.db-journal")]
    [InlineData("store.db.flow1.execution1.epoch")]
    public async Task A_store_whose_file_is_gone_is_refused_while_anything_is_left_of_it(string left)
    {
        await File.WriteAllTextAsync(_folder.File(left), "left");
        Assert.Contains($"is gone, but '{_folder.File(left)}' is left of it", await Refused(_folder.Store), StringComparison.Ordinal);
        Assert.Equal([left], _folder.Files());
        File.Delete(_folder.File(left));
        await using var execution = await _folder.Open();
        Assert.Equal(1, execution.Number);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_log_without_its_database_is_refused_and_kept(bool emptied, bool marked)
    {
        var image = await Killed();
        image = image.With("store.db", emptied ? [] : null);
        image = marked ? image.With("store.db.creating", []) : image;
        image.WriteTo(_folder.Folder);
        Assert.Contains(emptied ? "has no content" : "is gone", await Refused(_folder.Store), StringComparison.Ordinal);
        Assert.Equal(image["store.db-wal"], await File.ReadAllBytesAsync(_folder.File("store.db-wal")));
    }

    [Fact]
    public async Task A_database_made_anew_beside_a_living_execution_is_refused_whatever_its_number()
    {
        await _folder.Fill(1, 3, "a");
        await _folder.Fill(4, 5, "a");
        await using (await _folder.Open())
        {
            Array.ForEach(_folder.Files(), file => File.Delete(file.EndsWith(".lock", StringComparison.Ordinal) ? "none" : _folder.File(file)));
            Assert.Contains("held by a process that the recovery store does not know", await Refused(_folder.Store), StringComparison.Ordinal);
            await (await new SqliteRecoveryStore(_folder.File("new.db")).OpenAsync("flow", false, CancellationToken.None)).DisposeAsync();
            File.Move(_folder.File("new.db"), _folder.Store);
            Assert.Contains("held by a process that the recovery store does not know", await Refused(_folder.Store), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("DROP TABLE state", "'state' is not among its tables")]
    [InlineData("DROP TABLE flow", "'flow' is not among its tables")]
    [InlineData("DROP TABLE epoch", "'epoch' is not among its tables")]
    [InlineData("DROP TABLE execution", "'execution' is not among its tables")]
    [InlineData("DROP INDEX state_by_epoch", "'state_by_epoch' is not among its tables")]
    [InlineData("DROP VIEW position", "'position' is not among its tables")]
    [InlineData("ALTER TABLE flow DROP COLUMN recorded", "Its tables are not as they were made")]
    [InlineData("DELETE FROM state", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("DELETE FROM state WHERE partition = 'b'", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("DELETE FROM state WHERE epoch = 9", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("UPDATE state SET json = '8' WHERE partition = 'b'", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("UPDATE state SET json = NULL", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("UPDATE state SET kind = 'sink'", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("UPDATE state SET partition = partition || 'x'", "the states of flow 'flow' are not those that epoch 9 has committed")]
    [InlineData("DELETE FROM epoch", "the last epoch is 9 by table flow and 0 by table epoch")]
    [InlineData("DELETE FROM execution", "the last execution is 2 by table flow and 0 by table execution")]
    [InlineData("UPDATE flow SET epoch = 8", "the last epoch is 8 by table flow and 9 by table epoch")]
    [InlineData("UPDATE flow SET execution = 1", "the last execution is 1 by table flow and 2 by table execution")]
    [InlineData("DELETE FROM flow", "are left of a flow that table flow does not know")]
    [InlineData("UPDATE flow SET id = 7", "are left of a flow that table flow does not know")]
    [InlineData("DELETE FROM flow; DELETE FROM execution; DELETE FROM epoch", "are left of a flow that table flow does not know")]
    [InlineData("PRAGMA application_id = 0", "not a recovery store")]
    [InlineData("PRAGMA user_version = 0", "not a recovery store")]
    [InlineData("PRAGMA user_version = 1", "Its tables are not as they were made")]
    [InlineData("PRAGMA user_version = 2", "Its tables are not as they were made")]
    public async Task A_closed_store_from_which_something_was_taken_is_refused_and_not_begun_anew(string sql, string said)
    {
        await _folder.Fill(1, 3, "a", "b");
        await _folder.Fill(4, 9, "a", "b");
        _folder.Query(sql);
        var refused = await Refused(_folder.Store);
        Assert.Contains(said, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing that was committed before is lost", refused, StringComparison.Ordinal);
        Assert.Equal(refused, await Refused(_folder.Store));
    }

    [Theory]
    [InlineData("DELETE FROM state; DELETE FROM epoch; DELETE FROM flow; DELETE FROM execution")]
    [InlineData("DELETE FROM state; DELETE FROM epoch; UPDATE flow SET epoch = 0")]
    [InlineData("DELETE FROM epoch WHERE number > 4; DELETE FROM state WHERE epoch > 4; UPDATE flow SET epoch = 4")]
    [InlineData("UPDATE flow SET name = 'other'")]
    public async Task A_killed_store_that_was_set_back_is_refused_by_its_record(string sql)
    {
        (await Killed()).WriteTo(_folder.Folder);
        _folder.Query(sql);
        Assert.Contains("Of flow 'flow' epoch 9 of execution 2 was durable", await Refused(_folder.Store), StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_that_were_changed_on_purpose_are_taken_when_the_digest_is_deleted()
    {
        await _folder.Fill(1, 3, "a", "b");
        _folder.Query("UPDATE state SET json = '1' WHERE partition = 'b'; UPDATE epoch SET digest = ''");
        await using (var execution = await _folder.Open())
        {
            Assert.Contains(execution.States, one => (one.Step, one.Partition, one.State) == ("in", "b", "1"));
            await execution.CommitAsync(StoreFolder.Epoch(4, "a"), CancellationToken.None);
        }

        await using var next = await _folder.Open();
        Assert.Equal(["4", "1"], next.States.Select(state => state.State));
    }

    private async Task<StoreImage> Killed()
    {
        await _folder.Fill(1, 3, "a", "b");
        var execution = await _folder.Open(new() { BackupInterval = TimeSpan.MaxValue });
        for (var number = 4; number <= 9; number++)
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b"), CancellationToken.None);
        }

        var image = StoreImage.Of(_folder.Folder);
        await execution.DisposeAsync();
        return image;
    }

    private static async Task<string> Refused(string path) => (await Assert.ThrowsAsync<RecoveryStoreException>(
        async () => await new SqliteRecoveryStore(path).OpenAsync("flow", false, CancellationToken.None))).Message;
}
