using System.Globalization;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>The tables, how they came to be, and how a file of another kind or age is told.</summary>
internal static class Schema
{
    /// <summary>"RxCs": tells a store from any other SQLite database.</summary>
    public const long ApplicationId = 0x52784373;

    // One step from each version to the next, never changed once released. A new file takes them all, so that it cannot differ
    // from one that has grown up.
    private static readonly string[] _steps =
    [
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
        """,

        // Epochs know when they were closed, for trimming, which also needs to find an epoch's rows. Of those that there are
        // already the time is not known: they count as older than any.
        """
        ALTER TABLE epoch ADD COLUMN closed_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00.0000000Z';
        CREATE INDEX state_by_epoch ON state (flow, epoch);
        CREATE VIEW position AS
            SELECT flow.name AS flow, state.kind, state.step, state.partition, max(state.epoch) AS epoch, state.json
            FROM state JOIN flow ON flow.id = state.flow
            GROUP BY state.flow, state.step, state.partition
            HAVING state.json IS NOT NULL;
        """,

        // What tells that something is missing: the execution whose record beside the file must be there, 0 once it has ended, and
        // of each epoch a digest of all states. What older versions wrote has neither and is believed.
        """
        ALTER TABLE flow ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE epoch ADD COLUMN digest TEXT NOT NULL DEFAULT '';
        """,
    ];

    // By the version that made it.
    private static readonly string[][] _made = [["flow", "execution", "epoch", "state"], ["state_by_epoch", "position"], []];

    /// <summary>The version that this code writes.</summary>
    public static long Version => _steps.Length;

    /// <summary>Writes the tables, unless the file has content by now: others may be making it as well.</summary>
    public static void Create(StoreConnection connection, CancellationToken cancellationToken)
    {
        connection.Begin(cancellationToken);
        if (ReadId(connection) == 0 && ReadVersion(connection) == 0 && connection.Scalar("SELECT 1 FROM sqlite_schema") is null)
        {
            connection.Execute($"PRAGMA application_id = {ApplicationId.ToString(CultureInfo.InvariantCulture)}");
            Migrate(connection);
        }

        connection.Commit();
    }

    /// <summary>Brings the tables to this version, inside the caller's transaction.</summary>
    public static void Migrate(StoreConnection connection)
    {
        for (var version = ReadVersion(connection); version < Version; version++)
        {
            connection.Execute(_steps[version]);
            connection.Execute($"PRAGMA user_version = {(version + 1).ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>Refuses a file that is no store, and one that a newer release has written.</summary>
    public static void Check(StoreConnection connection)
    {
        if (ReadId(connection) != ApplicationId || ReadVersion(connection) < 1)
        {
            throw new RecoveryStoreException(
                $"'{connection.Path}' is an SQLite database, but not a recovery store. It was left as it is. Name another file.");
        }

        if (ReadVersion(connection) is var version && version > Version)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' has version {version}, and this release of Rx.Connectors.Sqlite knows " +
                $"versions up to {Version}. It was left as it is. Use the newer release that wrote it.");
        }

        if (FindMissing(connection, version) is { } missing)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' is damaged: '{missing}' is not among its tables any more. It was left as it is. " +
                "Restore it from a backup.");
        }
    }

    private static string? FindMissing(StoreConnection connection, long version)
    {
        foreach (var name in _made.Take((int)version).SelectMany(static names => names))
        {
            if (connection.Scalar("SELECT 1 FROM sqlite_schema WHERE name = $name", ("$name", name)) is null)
            {
                return name;
            }
        }

        return null;
    }

    private static long ReadId(StoreConnection connection) => (long)connection.Scalar("PRAGMA application_id")!;

    private static long ReadVersion(StoreConnection connection) => (long)connection.Scalar("PRAGMA user_version")!;
}
