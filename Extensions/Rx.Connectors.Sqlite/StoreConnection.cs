using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rx.Connectors.Sqlite;

/// <summary>A connection to a store's file, of one execution and no other.</summary>
internal sealed class StoreConnection : IDisposable
{
    private const int MillisecondsBetweenLooks = 50;
    private const int PrimaryCode = 0xff;
    private const int Truncate = 3;
    private const int WithoutCheckpoint = 1006;
    private readonly SqliteConnection _connection;

    private StoreConnection(SqliteConnection connection, string path, TimeSpan busyTimeout)
    {
        _connection = connection;
        Path = path;
        BusyTimeout = busyTimeout;
        Identity = FileStamp.Of(path)?.Identity;
    }

    public string Path { get; }

    public TimeSpan BusyTimeout { get; }

    /// <summary>Which file was opened.</summary>
    public string? Identity { get; }

    /// <summary>The real one, for tests that make it fail.</summary>
    public SqliteConnection Inner => _connection;

    public static StoreConnection Open(string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,

            // A pool would keep the file open after the execution has ended.
            Pooling = false,

            // Zero would be without end. Writers wait in Begin, by the busy timeout alone.
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(busyTimeout.TotalSeconds)),
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            Check(raw.sqlite3_busy_timeout(connection.Handle, (int)busyTimeout.TotalMilliseconds), connection);
            return new StoreConnection(connection, path, busyTimeout);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite opens a file that it may not write to for reading alone, without saying so.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_connection.Handle, "main") == 1;

    /// <summary>Waits until the file can be read, which a program that has it for itself can prevent.</summary>
    public void WaitForReading(CancellationToken cancellationToken) =>
        Run("SELECT 1 FROM sqlite_schema", BusyTimeout, cancellationToken);

    /// <summary>Begins a transaction as the only writer, so that what it reads cannot change under it.</summary>
    public void Begin(CancellationToken cancellationToken) => Begin(BusyTimeout, cancellationToken);

    public void Begin(TimeSpan wait, CancellationToken cancellationToken) => Run("BEGIN IMMEDIATE", wait, cancellationToken);

    /// <summary>Has whatever runs on the connection fail once the token is cancelled, until the result is disposed.</summary>
    public CancellationTokenRegistration InterruptBy(CancellationToken cancellationToken) =>
        cancellationToken.Register(() => raw.sqlite3_interrupt(_connection.Handle));

    /// <summary>Moves all of the log to the database and empties it.</summary>
    /// <returns>False where somebody reads or writes for longer than the wait: then some of it is still in the log alone.</returns>
    public bool TryEmptyLog(TimeSpan wait)
    {
        raw.sqlite3_busy_timeout(_connection.Handle, (int)wait.TotalMilliseconds);
        var result = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", Truncate, out _, out _);
        raw.sqlite3_busy_timeout(_connection.Handle, (int)BusyTimeout.TotalMilliseconds);
        return result == raw.SQLITE_OK;
    }

    /// <summary>Leaves the files as they are when the connection is closed: they are not those that it knows.</summary>
    public void LeaveFiles() => _ = raw.sqlite3_db_config(_connection.Handle, WithoutCheckpoint, 1, out _);

    public void Commit() => Check(raw.sqlite3_exec(_connection.Handle, "COMMIT"), _connection);

    /// <summary>Ends a transaction that was begun and not committed, if there is one; SQLite has ended some itself.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _ = raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
        }
    }

    /// <summary>A command that is compiled once and run many times.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    /// <returns>How many rows it has changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = With(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first value of the first row; null for none, and for SQL's null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = With(sql, values);
        return command.ExecuteScalar() is var value and not DBNull ? value : null;
    }

    public SqliteCommand With(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = Command(sql);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    public void Dispose() => _connection.Dispose();

    // SQLite sleeps while it waits for others. It does so in stretches, between which the token is looked at.
    private void Run(string sql, TimeSpan wait, CancellationToken cancellationToken)
    {
        var left = (int)wait.TotalMilliseconds;
        int result;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stretch = cancellationToken.CanBeCanceled ? Math.Min(left, MillisecondsBetweenLooks) : left;
            raw.sqlite3_busy_timeout(_connection.Handle, stretch);
            result = raw.sqlite3_exec(_connection.Handle, sql);
            left -= stretch;
        }
        while (left > 0 && (result & PrimaryCode) is (raw.SQLITE_BUSY or raw.SQLITE_LOCKED));
        raw.sqlite3_busy_timeout(_connection.Handle, (int)BusyTimeout.TotalMilliseconds);
        Check(result, _connection);
    }

    private static void Check(int result, SqliteConnection connection) =>
        SqliteException.ThrowExceptionForRC(result, connection.Handle);
}
