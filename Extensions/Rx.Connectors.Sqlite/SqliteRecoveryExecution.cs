using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>One execution: a connection, a lock file, a record of what is durable, and prepared statements.</summary>
internal sealed class SqliteRecoveryExecution(
    StoreConnection connection,
    ExecutionLock held,
    FlowHead head,
    IReadOnlyList<StoredPosition> states,
    EpochWriter writer,
    EpochRecord record) : IRecoveryExecution
{
    /// <summary>How long the end waits for other flows that use the file, and for people who read it.</summary>
    private static readonly TimeSpan _endWait = TimeSpan.FromSeconds(1);

    private bool _disposed;

    public long Number => head.Execution;

    public long LastEpoch => head.Epoch;

    public IReadOnlyList<StoredPosition> States => states;

    public ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        StoredText.Check(epoch);
        try
        {
            writer.Write(epoch, cancellationToken);
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (StoreErrors.IsKnown(e))
        {
            throw StoreErrors.Translate(
                connection.Path, $"epoch {epoch.Number} of flow '{head.Flow}' was not committed", connection.BusyTimeout, e);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return ValueTask.CompletedTask;
        }

        _disposed = true;
        var needsRecord = true;
        try
        {
            needsRecord = !TryEnd();
        }
        catch (Exception e) when (e is RecoveryStoreException || StoreErrors.IsKnown(e))
        {
            // What was committed is durable all the same, and the record says so. Without an epoch there is nothing to say.
            needsRecord = record.At.Epoch > 0;
        }
        finally
        {
            record.Dispose();
            if (!needsRecord)
            {
                File.Delete(record.Path);
            }

            writer.Dispose();
            connection.Dispose();
            held.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Has the database alone hold everything, and say that it needs no record. Then it can be moved and copied alone.</summary>
    private bool TryEnd()
    {
        connection.Begin(_endWait, CancellationToken.None);
        try
        {
            var isFenced = connection.Execute(
                "UPDATE flow SET recorded = 0 WHERE id = $flow AND execution = $execution",
                ("$flow", head.Id), ("$execution", head.Execution)) == 0;
            if (isFenced)
            {
                // Its successor has a record of its own.
                connection.Rollback();
                return true;
            }

            writer.LookAtFiles();
            connection.Commit();
        }
        catch
        {
            connection.Rollback();
            throw;
        }

        return connection.TryEmptyLog(_endWait);
    }
}
