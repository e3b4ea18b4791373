using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Files of earlier versions are brought up to date by the opening, or left alone with it.</summary>
public sealed class SqliteVersionTests : IDisposable
{
    // Frozen: what version 1 wrote.
    private const string Version1 =
        """
        CREATE TABLE flow (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            execution INTEGER NOT NULL,
            epoch INTEGER NOT NULL);
        CREATE TABLE execution (
            flow INTEGER NOT NULL,
            number INTEGER NOT NULL,
            process INTEGER NOT NULL,
            host TEXT NOT NULL,
            PRIMARY KEY (flow, number)) WITHOUT ROWID;
        CREATE TABLE epoch (
            flow INTEGER NOT NULL,
            number INTEGER NOT NULL,
            execution INTEGER NOT NULL,
            PRIMARY KEY (flow, number)) WITHOUT ROWID;
        CREATE TABLE state (
            flow INTEGER NOT NULL,
            step TEXT NOT NULL,
            partition TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            kind TEXT NOT NULL,
            json TEXT,
            PRIMARY KEY (flow, step, partition, epoch)) WITHOUT ROWID;
        PRAGMA application_id = 0x52784373;
        PRAGMA user_version = 1;
        INSERT INTO flow VALUES (1, 'flow', 4, 3);
        INSERT INTO execution VALUES (1, 4, 4711, 'elsewhere');
        INSERT INTO epoch VALUES (1, 1, 3), (1, 2, 4), (1, 3, 4);
        INSERT INTO state VALUES
            (1, 'in', 'a', 1, 'source', '1'), (1, 'in', 'a', 3, 'source', '3'),
            (1, 'in', 'b', 1, 'source', '1'), (1, 'in', 'b', 2, 'source', NULL),
            (1, 'out', 'c', 1, 'sink', '"c"');
        """;

    // Frozen: what version 2 wrote.
    private const string Version2 = Version1 +
        """
        ALTER TABLE epoch ADD COLUMN closed_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00.0000000Z';
        CREATE INDEX state_by_epoch ON state (flow, epoch);
        CREATE VIEW position AS
            SELECT flow.name AS flow, state.kind, state.step, state.partition, max(state.epoch) AS epoch, state.json
            FROM state JOIN flow ON flow.id = state.flow
            GROUP BY state.flow, state.step, state.partition
            HAVING state.json IS NOT NULL;
        PRAGMA user_version = 2;
        PRAGMA journal_mode = WAL;
        """;

    private readonly StoreFolder _folder = new();

    public SqliteVersionTests() => _folder.Query(Version1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_of_version_1_finds_all_and_goes_on_as_version_3()
    {
        await using (var execution = await _folder.Open())
        {
            Assert.Equal((5, 3), (execution.Number, execution.LastEpoch));
            Assert.Equal(
                [
                    new StoredPosition(StepKind.Source, "in", "a", "3"),
                    new StoredPosition(StepKind.Sink, "out", "c", "\"c\""),
                ],
                execution.States);
            await execution.CommitAsync(StoreFolder.Epoch(4, "b"), CancellationToken.None);
        }

        Assert.Equal(["3"], _folder.Query("PRAGMA user_version"));

        // The epochs without a time count as old, and go.
        Assert.Equal(["4|5|2026-01-01T00:00:04.0000000Z"], _folder.Query("SELECT number, execution, closed_at FROM epoch"));
        Assert.Equal(
            ["in|a|3|3", "in|b|4|4", "out|c|1|\"c\""],
            _folder.Query("SELECT step, partition, epoch, json FROM state ORDER BY step, partition, epoch"));
    }

    [Fact]
    public async Task Open_of_version_1_keeps_the_history_that_it_has()
    {
        await using var execution = await _folder.Open(new() { ResumeEpoch = 1 });
        Assert.Equal(1, execution.LastEpoch);
        Assert.Equal(["1", "1", "\"c\""], execution.States.Select(state => state.State));
    }

    [Fact]
    public async Task Open_of_version_2_finds_all_and_from_then_on_notices_what_is_missing()
    {
        var path = _folder.File("version2.db");
        _folder.Query(Version2, path);
        var store = new SqliteRecoveryStore(path);
        var execution = await store.OpenAsync(StoreFolder.Flow, false, CancellationToken.None);
        Assert.Equal((5, 3, 2), (execution.Number, execution.LastEpoch, execution.States.Count));
        await execution.CommitAsync(StoreFolder.Epoch(4, "b"), CancellationToken.None);
        var image = StoreImage.Of(_folder.Folder);
        await execution.DisposeAsync();
        image.WriteTo(_folder.Folder);
        File.Delete($"{path}-wal");
        var refused = await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await store.OpenAsync(StoreFolder.Flow, false, CancellationToken.None));
        Assert.Contains("epoch 4 of execution 5 was durable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_of_version_2_after_a_crash_reads_its_log()
    {
        var path = _folder.File("version2.db");
        _folder.Query(Version2, path);
        StoreImage image;
        await using (var other = StoreFolder.Connect(path))
        {
            using var command = other.CreateCommand();
            command.CommandText = "UPDATE state SET json = '7' WHERE partition = 'a' AND epoch = 3";
            command.ExecuteNonQuery();
            image = StoreImage.Of(_folder.Folder);
        }

        image.WriteTo(_folder.Folder);
        Assert.True(new FileInfo($"{path}-wal").Length > 0);
        await using var execution = await new SqliteRecoveryStore(path).OpenAsync(StoreFolder.Flow, false, CancellationToken.None);
        Assert.Equal(["7", "\"c\""], execution.States.Select(state => state.State));
    }

    [Fact]
    public async Task Open_that_fails_leaves_version_1_as_it_was()
    {
        await Assert.ThrowsAsync<RecoveryStoreException>(async () => await _folder.Open(new() { ResumeEpoch = 9 }));
        Assert.Equal(["1"], _folder.Query("PRAGMA user_version"));
        Assert.Equal(["4|3"], _folder.Query("SELECT execution, epoch FROM flow"));
        Assert.Equal(["0"], _folder.Query("SELECT count(*) FROM sqlite_schema WHERE name IN ('position', 'state_by_epoch')"));
    }

    [Fact]
    public async Task A_file_that_was_brought_up_to_date_has_the_tables_of_a_new_one()
    {
        await (await _folder.Open()).DisposeAsync();
        var made = _folder.File("made.db");
        await using (await new SqliteRecoveryStore(made).OpenAsync("flow", false, CancellationToken.None))
        {
            const string Schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY name";
            Assert.Equal(_folder.Query(Schema, made), _folder.Query(Schema));
        }
    }
}
