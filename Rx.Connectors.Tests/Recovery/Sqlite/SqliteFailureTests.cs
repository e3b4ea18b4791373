using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Disks that are full or read-only, and writers that hold each other up: an error, nothing lost, and then on.</summary>
[Trait("speed", "slow")]
public sealed class SqliteFailureTests : IDisposable
{
    private static readonly string _large = new('x', 400_000);
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commit_that_finds_no_room_writes_nothing_and_succeeds_when_there_is_some()
    {
        SqliteConnection? connection = null;
        var store = new SqliteRecoveryStore(_folder.Store) { OnOpened = opened => connection = opened };
        await using (var execution = await store.OpenAsync("flow", false, CancellationToken.None))
        {
            await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
            Execute(connection!, "PRAGMA max_page_count = 1");
            for (var attempt = 0; attempt < 3; attempt++)
            {
                var full = await Assert.ThrowsAsync<RecoveryStoreException>(
                    async () => await execution.CommitAsync(Large(2), CancellationToken.None));
                Assert.Contains(
                    $"'{_folder.Store}': epoch 2 of flow 'flow' was not committed. There is no room left", full.Message,
                    StringComparison.Ordinal);
                Assert.Equal(["flow|source|in|a|1|1"], _folder.Query("SELECT * FROM position"));
            }

            Execute(connection!, "PRAGMA max_page_count = 100000");
            await execution.CommitAsync(Large(2), CancellationToken.None);
            await execution.CommitAsync(StoreFolder.Epoch(3, "b"), CancellationToken.None);
        }

        await using var next = await _folder.Open();
        Assert.Equal(3, next.LastEpoch);
        Assert.Equal(["1", "3", $"\"{_large}\""], next.States.Select(state => state.State));
    }

    [Fact]
    public async Task A_full_disk_loses_nothing_and_can_be_freed()
    {
        using var disk = SmallDisk.Mount();
        var store = new SqliteRecoveryStore(disk.Store);
        await using (var execution = await store.OpenAsync("flow", false, CancellationToken.None))
        {
            await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
            disk.Fill();
            for (var attempt = 0; attempt < 3; attempt++)
            {
                var full = await Assert.ThrowsAsync<RecoveryStoreException>(
                    async () => await execution.CommitAsync(Medium(2), CancellationToken.None));
                Assert.Contains("There is no room left on its disk", full.Message, StringComparison.Ordinal);
            }

            disk.MakeRoom();
            await execution.CommitAsync(Medium(2), CancellationToken.None);
            disk.Fill();
        }

        // Ended on a full disk, and opened on one.
        await Assert.ThrowsAsync<RecoveryStoreException>(async () => await store.OpenAsync("flow", false, CancellationToken.None));
        disk.MakeRoom();
        await using var next = await store.OpenAsync("flow", false, CancellationToken.None);
        Assert.Equal((2, 2), (next.Number, next.LastEpoch));
        Assert.Equal(2, next.States.Count);
    }

    [Fact]
    public async Task A_full_disk_does_not_make_half_a_store()
    {
        using var disk = SmallDisk.Mount();
        var store = new SqliteRecoveryStore(disk.Store);
        disk.Fill();
        var full = await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await store.OpenAsync("flow", false, CancellationToken.None));
        Assert.Contains(disk.Store, full.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RecoveryStoreException>(async () => await store.OpenAsync("flow", false, CancellationToken.None));
        disk.MakeRoom();
        await using var execution = await store.OpenAsync("flow", false, CancellationToken.None);
        Assert.Equal(1, execution.Number);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_only_directory_is_refused(bool filled)
    {
        using var disk = SmallDisk.Mount();
        var store = new SqliteRecoveryStore(disk.Store);
        if (filled)
        {
            await using var execution = await store.OpenAsync("flow", false, CancellationToken.None);
            await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
        }

        disk.Remount("ro");
        var refused = await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await store.OpenAsync("flow", false, CancellationToken.None));
        Assert.Contains(disk.Store, refused.Message, StringComparison.Ordinal);
        Assert.Contains("read-only", refused.Message, StringComparison.Ordinal);
        disk.Remount("rw");
        await using var next = await store.OpenAsync("flow", false, CancellationToken.None);
        Assert.Equal(filled ? 1 : 0, next.LastEpoch);
    }

    [Fact]
    public async Task A_read_only_file_is_refused()
    {
        await _folder.Fill(1, 2, "a");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Store, UnixFileMode.UserRead);
        }

        // Permissions do not hold root back; a mount does.
        var mounted = Environment.IsPrivilegedProcess;
        Assert.SkipUnless(
            !mounted || (SmallDisk.Run("mount", "--bind", _folder.Store, _folder.Store) &&
                SmallDisk.Run("mount", "-o", "remount,ro,bind", _folder.Store)),
            "Mounting a file needs Linux and root.");
        try
        {
            var refused = await Assert.ThrowsAsync<RecoveryStoreException>(async () => await _folder.Open());
            Assert.Contains("is read-only for this user. Nothing was changed.", refused.Message, StringComparison.Ordinal);
            // SQLite would have made them read-only too, and they would have stayed so.
            Assert.False(File.Exists($"{_folder.Store}-wal") || File.Exists($"{_folder.Store}-shm"));
        }
        finally
        {
            if (mounted)
            {
                SmallDisk.Run("umount", _folder.Store);
            }
        }

        Assert.Equal(["flow|source|in|a|2|2"], _folder.Query("SELECT * FROM position"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Store, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await using var again = await _folder.Open();
        Assert.Equal(2, again.LastEpoch);
    }

    [Fact]
    public async Task Another_writer_is_waited_for_as_long_as_the_busy_timeout_says()
    {
        await using var execution = await _folder.Open(new() { BusyTimeout = TimeSpan.Zero });
        await using (var other = StoreFolder.Connect(_folder.Store))
        {
            Execute(other, "BEGIN IMMEDIATE");
            var busy = await Assert.ThrowsAsync<RecoveryStoreException>(
                async () => await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None));
            Assert.Contains("for longer than BusyTimeout, which is 00:00:00", busy.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<RecoveryStoreException>(
                async () => await _folder.Open(new() { BusyTimeout = TimeSpan.FromMilliseconds(1) }, flow: "other"));
            Execute(other, "ROLLBACK");
        }

        await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
        Assert.Equal(["flow|source|in|a|1|1"], _folder.Query("SELECT * FROM position"));
    }

    [Fact]
    public async Task A_commit_waits_until_another_writer_is_done()
    {
        await using var execution = await _folder.Open(new() { BusyTimeout = TimeSpan.FromMinutes(5) });
        await using var other = StoreFolder.Connect(_folder.Store);
        Execute(other, "BEGIN IMMEDIATE");
        var commit = Task.Run(async () => await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None));
        await Task.Delay(50);
        Assert.False(commit.IsCompleted);
        Execute(other, "COMMIT");
        await commit;
    }

    [Fact]
    public async Task A_commit_that_fails_half_way_is_rolled_back()
    {
        SqliteConnection? connection = null;
        var store = new SqliteRecoveryStore(_folder.Store) { OnOpened = opened => connection = opened };
        await using (var execution = await store.OpenAsync("flow", false, CancellationToken.None))
        {
            Execute(connection!, "CREATE TEMP TRIGGER fail BEFORE INSERT ON state WHEN new.partition = 'c' BEGIN SELECT raise(ABORT, 'no c'); END");
            var failed = await Assert.ThrowsAsync<RecoveryStoreException>(
                async () => await execution.CommitAsync(StoreFolder.Epoch(1, "a", "b", "c", "d"), CancellationToken.None));
            Assert.Contains("no c", failed.Message, StringComparison.Ordinal);
            Assert.Equal(["0|0"], _folder.Query("SELECT (SELECT count(*) FROM state), (SELECT count(*) FROM epoch)"));
            Execute(connection!, "DROP TRIGGER fail");
            await execution.CommitAsync(StoreFolder.Epoch(1, "a", "b", "c", "d"), CancellationToken.None);
        }

        await using var next = await _folder.Open();
        Assert.Equal((1, 4), (next.LastEpoch, next.States.Count));
    }

    private static EpochCommit Large(long number) =>
        new(number, StoreFolder.Start.AddSeconds(number), [new(StepKind.Source, "in", "large", $"\"{_large}\"")]);

    private static EpochCommit Medium(long number) =>
        new(number, StoreFolder.Start.AddSeconds(number), [new(StepKind.Source, "in", "medium", $"\"{_large[..100_000]}\"")]);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
