using CsCheck;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>What cannot be used says why, is left as it is, and never looks like a store without content.</summary>
[Trait("speed", "slow")]
public sealed class SqliteRefusalTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_of_a_directory_is_refused()
    {
        Directory.CreateDirectory(_folder.Store);
        await Refused("is a directory");
    }

    [Fact]
    public async Task Open_in_a_directory_that_does_not_exist_is_refused_and_does_not_make_it()
    {
        var store = new SqliteRecoveryStore(_folder.File("none/store.db"));
        var refused = await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await store.OpenAsync("flow", false, CancellationToken.None));
        Assert.Contains($"the directory '{_folder.File("none")}' does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Open_of_an_emptied_file_is_refused()
    {
        await _folder.Fill(1, 3, "a");
        await File.WriteAllTextAsync(_folder.Store, "");
        await Refused("has no content");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL")]
    public async Task A_store_whose_making_was_cut_off_is_made(string? sql)
    {
        await File.WriteAllTextAsync(_folder.File("store.db.creating"), "");
        if (sql is not null)
        {
            await File.WriteAllTextAsync(_folder.Store, "");
            _folder.Query(sql);
        }

        await _folder.Fill(1, 3, "a");
        Assert.Equal(["store.db"], _folder.Files());
        Assert.Equal(["flow|source|in|a|3|3"], _folder.Query("SELECT * FROM position"));
    }

    [Fact]
    public async Task A_mark_that_was_left_behind_does_not_make_a_store_anew()
    {
        await _folder.Fill(1, 3, "a");
        await File.WriteAllTextAsync(_folder.File("store.db.creating"), "");
        await using (var execution = await _folder.Open())
        {
            Assert.Equal(3, execution.LastEpoch);
        }

        Assert.Equal(["store.db"], _folder.Files());
    }

    [Fact]
    public void Open_of_a_file_that_is_no_database_is_refused_and_leaves_it() =>
        Gen.Byte.Array[1, 5_000].Sample(
            bytes =>
            {
                File.WriteAllBytes(_folder.Store, bytes);
                Refused("no SQLite database").GetAwaiter().GetResult();
                Assert.Equal(bytes, File.ReadAllBytes(_folder.Store));
                Assert.Equal(["store.db"], _folder.Files());
            },
            iter: 50, threads: 1);

    [Theory]
    [InlineData("CREATE TABLE flow (id)")]
    [InlineData("CREATE TABLE t (a); PRAGMA application_id = 7; PRAGMA user_version = 1")]
    [InlineData("PRAGMA user_version = 2")]
    [InlineData("PRAGMA application_id = 1383613299")]
    public async Task Open_of_another_programs_database_is_refused_and_leaves_it(string sql)
    {
        _folder.Query(sql);
        var before = await File.ReadAllBytesAsync(_folder.Store);
        await Refused("not a recovery store");
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Store));
        Assert.Equal(["store.db"], _folder.Files());
    }

    [Fact]
    public async Task Open_of_a_newer_version_names_both_and_leaves_the_file()
    {
        await _folder.Fill(1, 3, "a");
        _folder.Query("PRAGMA user_version = 12");
        var before = await File.ReadAllBytesAsync(_folder.Store);
        await Refused("has version 12, and this release of Rx.Connectors.Sqlite knows versions up to 3");
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Store));
        Assert.Equal(["store.db"], _folder.Files());
    }

    [Fact]
    public async Task Open_of_a_damaged_file_is_refused_or_finds_everything()
    {
        await _folder.Fill(1, 200, [.. Enumerable.Range(0, 40).Select(i => $"partition {i}")]);
        var sound = await File.ReadAllBytesAsync(_folder.Store);
        var refused = 0;
        Gen.Select(Gen.Int[0, (sound.Length / 4096) - 1], Gen.Int[0, 4095], Gen.Int[1, 3000]).Sample(
            (page, offset, length) =>
            {
                // As a disk damages a file: a stretch of zeros.
                var damaged = sound.ToArray();
                Array.Clear(damaged, (page * 4096) + offset, Math.Min(length, 4096 - offset));
                File.WriteAllBytes(_folder.Store, damaged);
                refused += OpensWhole().GetAwaiter().GetResult() ? 0 : 1;
            },
            iter: 300, threads: 1);
        Assert.InRange(refused, 50, 300);
    }

    [Fact]
    public async Task Open_of_a_file_cut_short_is_refused()
    {
        await _folder.Fill(1, 100, [.. Enumerable.Range(0, 40).Select(i => $"partition {i}")]);
        var sound = await File.ReadAllBytesAsync(_folder.Store);
        Gen.Int[1, sound.Length - 1].Sample(
            length =>
            {
                File.WriteAllBytes(_folder.Store, sound[..length]);
                Assert.False(OpensWhole().GetAwaiter().GetResult(), $"Opened with {length} bytes of {sound.Length}.");
            },
            iter: 30, threads: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Open_of_a_file_that_has_lost_its_last_bytes_is_refused(int bytes)
    {
        await _folder.Fill(1, 100, [.. Enumerable.Range(0, 40).Select(i => $"partition {i}")]);
        var sound = await File.ReadAllBytesAsync(_folder.Store);
        await File.WriteAllBytesAsync(_folder.Store, sound[..^bytes]);
        await Refused($"it was cut short, from {sound.Length} bytes to {sound.Length - bytes}");
    }

    [Fact]
    public async Task Full_integrity_check_finds_an_index_that_differs_from_its_table()
    {
        await _folder.Fill(1, 20, "a", "b");
        _folder.Query(
            "PRAGMA writable_schema = ON; " +
            "UPDATE sqlite_schema SET sql = 'CREATE INDEX state_by_epoch ON state (flow, kind)' WHERE name = 'state_by_epoch'");
        await Refused("is corrupt. SQLite's first finding: row 1 missing from index state_by_epoch");
        await (await _folder.Open(new() { FullIntegrityCheck = false })).DisposeAsync();
    }

    private async Task<bool> OpensWhole()
    {
        try
        {
            await using var execution = await _folder.Open();
            Assert.Equal(200, execution.LastEpoch);
            Assert.Equal(
                Enumerable.Range(0, 40).Select(i => $"partition {i}").ToHashSet(),
                execution.States.Select(state => state.Partition).ToHashSet());
            return true;
        }
        catch (RecoveryStoreException e)
        {
            Assert.Contains(_folder.Store, e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private async Task Refused(string message)
    {
        var refused = await Assert.ThrowsAsync<RecoveryStoreException>(async () => await _folder.Open(takeOver: true));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Store, refused.Message, StringComparison.Ordinal);
    }
}
