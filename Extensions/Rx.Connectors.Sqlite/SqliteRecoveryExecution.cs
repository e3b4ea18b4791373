using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>One execution: a connection, a lock file, and prepared statements.</summary>
internal sealed class SqliteRecoveryExecution(
    StoreConnection connection,
    ExecutionLock held,
    FlowHead head,
    IReadOnlyList<StoredState> states,
    EpochWriter writer,
    TimeSpan busyTimeout) : IRecoveryExecution
{
    private bool _disposed;

    public long Number => head.Execution;

    public long LastEpoch => head.Epoch;

    public IReadOnlyList<StoredState> States => states;

    public ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        StoredText.Check(epoch);
        try
        {
            writer.Write(epoch);
            return ValueTask.CompletedTask;
        }
        catch (SqliteException e)
        {
            throw StoreErrors.Translate(
                connection.Path, $"epoch {epoch.Number} of flow '{head.Flow}' was not committed", busyTimeout, e);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return ValueTask.CompletedTask;
        }

        _disposed = true;
        try
        {
            // Passive: waits for nobody. Whoever closes the file last moves the rest over and deletes the log.
            connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // What was committed is durable in the write-ahead log, and the next opening reads it from there.
        }
        finally
        {
            writer.Dispose();
            connection.Dispose();
            held.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
