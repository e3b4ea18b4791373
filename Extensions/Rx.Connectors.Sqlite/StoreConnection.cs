using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rx.Connectors.Sqlite;

/// <summary>A connection to a store's file, of one execution and no other.</summary>
internal sealed class StoreConnection : IDisposable
{
    private readonly SqliteConnection _connection;

    private StoreConnection(SqliteConnection connection, string path)
    {
        _connection = connection;
        Path = path;
    }

    public string Path { get; }

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
            return new StoreConnection(connection, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite opens a file that it may not write to for reading alone, without saying so.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_connection.Handle, "main") == 1;

    /// <summary>Begins a transaction as the only writer, so that what it reads cannot change under it.</summary>
    public void Begin() => Check(raw.sqlite3_exec(_connection.Handle, "BEGIN IMMEDIATE"), _connection);

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

    public void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = With(sql, values);
        command.ExecuteNonQuery();
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

    private static void Check(int result, SqliteConnection connection) =>
        SqliteException.ThrowExceptionForRC(result, connection.Handle);
}
