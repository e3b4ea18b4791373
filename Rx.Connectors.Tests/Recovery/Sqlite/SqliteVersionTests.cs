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

    private readonly StoreFolder _folder = new();

    public SqliteVersionTests() => _folder.Query(Version1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_of_version_1_finds_all_and_goes_on_as_version_2()
    {
        await using (var execution = await _folder.Open())
        {
            Assert.Equal((5, 3), (execution.Number, execution.LastEpoch));
            Assert.Equal(
                [
                    new StoredState(StateKind.Source, "in", "a", "3"),
                    new StoredState(StateKind.Sink, "out", "c", "\"c\""),
                ],
                execution.States);
            await execution.CommitAsync(StoreFolder.Epoch(4, "b"), CancellationToken.None);
        }

        Assert.Equal(["2"], _folder.Query("PRAGMA user_version"));

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
