using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Waiting for others ends with the token, and a lock is held whatever else this process does with the files.</summary>
[Trait("speed", "slow")]
public sealed class SqliteWaitTests : IDisposable
{
    private static readonly SqliteRecoveryOptions _patient = new() { BusyTimeout = TimeSpan.FromHours(10) };
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE")]
    [InlineData("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM state")]
    public async Task An_opening_that_waits_for_another_program_ends_with_its_token(string holds)
    {
        await _folder.Fill(1, 3, "a");
        var numbers = _folder.Query("SELECT execution, epoch FROM flow");
        await using (var other = StoreFolder.Connect(_folder.Store))
        {
            Execute(other, holds);
            await EndsWithItsToken(async token => await new SqliteRecoveryStore(_folder.Store, _patient).OpenAsync("flow", false, token));
            Execute(other, "ROLLBACK");
        }

        Assert.Equal(numbers, _folder.Query("SELECT execution, epoch FROM flow"));
        await using var next = await _folder.Open();
        Assert.Equal((2, 3), (next.Number, next.LastEpoch));
    }

    [Fact]
    public async Task A_making_that_waits_for_another_program_ends_with_its_token()
    {
        await using (var other = StoreFolder.Connect(_folder.Store))
        {
            Execute(other, "BEGIN EXCLUSIVE");
            await File.WriteAllTextAsync(_folder.File("store.db.creating"), "");
            await EndsWithItsToken(async token => await new SqliteRecoveryStore(_folder.Store, _patient).OpenAsync("flow", false, token));
            Execute(other, "ROLLBACK");
        }

        await using var execution = await _folder.Open();
        Assert.Equal(1, execution.Number);
    }

    [Fact]
    public async Task A_commit_that_waits_for_another_program_ends_with_its_token_and_can_be_tried_again()
    {
        await using var execution = await _folder.Open(_patient);
        await using var other = StoreFolder.Connect(_folder.Store);
        Execute(other, "BEGIN IMMEDIATE");
        await EndsWithItsToken(async token => await execution.CommitAsync(StoreFolder.Epoch(1, "a"), token));
        Execute(other, "ROLLBACK");
        await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
        Assert.Equal(["flow|source|in|a|1|1"], _folder.Query("SELECT * FROM position"));
    }

    [Fact]
    public async Task A_second_process_is_refused_also_after_this_one_has_opened_and_closed_the_files_elsewhere()
    {
        await using var execution = await _folder.Open();
        await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
        foreach (var file in _folder.Files().Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            // As a backup, or a second opening, of this process does. Closing a handle drops a process's POSIX locks.
            foreach (var (access, share) in new[]
            {
                (FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), (FileAccess.Read, FileShare.Read), (FileAccess.ReadWrite, FileShare.None),
            })
            {
                try
                {
                    new FileStream(_folder.File(file), FileMode.Open, access, share).Dispose();
                }
                catch (IOException)
                {
                    // It is locked against this, too.
                }
            }
        }

        await Assert.ThrowsAsync<ExecutionAliveException>(async () => await _folder.Open());
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var process = CommitLoopProcess.Idles(_folder.Store);
            Assert.StartsWith("refused Execution 1 of flow 'flow' is alive", await process.ReadLineAsync(), StringComparison.Ordinal);
        }

        // The other process has opened and closed the database as well, and nothing was taken away.
        await execution.CommitAsync(StoreFolder.Epoch(2, "a"), CancellationToken.None);
    }

    private static async Task EndsWithItsToken(Func<CancellationToken, Task> waits)
    {
        using var stop = new CancellationTokenSource();
        var waiting = Task.Run(() => waits(stop.Token));
        await Task.Delay(100);
        Assert.False(waiting.IsCompleted, waiting.Exception?.ToString());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
