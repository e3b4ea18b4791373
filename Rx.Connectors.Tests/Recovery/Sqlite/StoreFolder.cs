using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>A directory for a test's stores, and what most tests do with one.</summary>
internal sealed class StoreFolder : IDisposable
{
    public const string Flow = "flow";

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // In memory where the system has such a place: SQLite does the same there, and a disk would be asked hundreds of times a test to
    // have written all, which shows only where the power fails.
    private const string InMemory = "/dev/shm";

    /// <param name="onDisk">Whether it must be on a real disk.</param>
    public StoreFolder(bool onDisk = false) => Folder = onDisk || !Directory.Exists(InMemory)
        ? Directory.CreateTempSubdirectory("recovery-").FullName
        : Directory.CreateDirectory(Path.Combine(InMemory, $"recovery-{Guid.NewGuid():N}")).FullName;

    public string Folder { get; }

    /// <summary>The store that most tests need no second of.</summary>
    public string Store => File("store.db");

    public string File(string name) => Path.Combine(Folder, name);

    /// <summary>The names of all files.</summary>
    public string[] Files() => [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public ValueTask<IRecoveryExecution> Open(SqliteRecoveryOptions? options = null, bool takeOver = false, string flow = Flow) =>
        new SqliteRecoveryStore(Store, options).OpenAsync(flow, takeOver, CancellationToken.None);

    /// <summary>Commits epochs in an execution of its own, each with its number as the state of every partition named.</summary>
    public async Task Fill(long from, long to, params string[] partitions)
    {
        await using var execution = await Open(new SqliteRecoveryOptions { BackupInterval = TimeSpan.MaxValue });
        for (var number = from; number <= to; number++)
        {
            await execution.CommitAsync(Epoch(number, partitions), CancellationToken.None);
        }
    }

    /// <summary>An epoch closed as many seconds after the start as its number says.</summary>
    public static EpochCommit Epoch(long number, params string[] partitions) => new(
        number, Start.AddSeconds(number),
        [.. partitions.Select(partition => new StoredPosition(StepKind.Source, "in", partition, $"{number}"))]);

    /// <summary>What the sqlite3 shell would show: rows, their values parted by a bar.</summary>
    public string[] Query(string sql, string? path = null)
    {
        using var connection = Connect(path ?? Store);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.IsDBNull(i) ? "" : $"{row.GetValue(i)}")));
        }

        return [.. rows];
    }

    public static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
