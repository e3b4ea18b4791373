using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>The one transaction in which an execution begins: all of it happens, or nothing does.</summary>
internal static class ExecutionOpening
{
    /// <summary>How many executions of a flow are remembered, for people who look into the file.</summary>
    private const int KeptExecutions = 100;

    /// <summary>Begins an execution. It owns the connection from then on, and nobody does where this fails.</summary>
    public static SqliteRecoveryExecution Open(
        StoreConnection connection, string flow, bool takeOver, SqliteRecoverySettings settings)
    {
        ExecutionLock? held = null;
        try
        {
            connection.Begin();

            // Again, now that nobody else can change it.
            Schema.Check(connection);
            Schema.Migrate(connection);
            var (id, execution, epoch) = ReadFlow(connection, flow);
            CheckEpoch(connection, flow, id, epoch);
            if (!takeOver)
            {
                RefuseAlive(connection, flow, id, execution);
            }

            if (settings.ResumeEpoch is { } resume && resume != epoch)
            {
                GoBack(connection, flow, id, resume);
                epoch = resume;
            }

            execution++;
            WriteExecution(connection, id, execution, epoch);
            var head = new FlowHead(id, flow, execution, epoch);
            var states = ReadStates(connection, id);
            var writer = new EpochWriter(connection, head, settings.BackupInterval);

            // Before the commit, so that nobody can see the number and find it dead.
            held = ExecutionLock.Take(ExecutionLock.PathOf(connection.Path, id, execution));
            ExecutionLock.DeleteStale(connection.Path, id);
            connection.Commit();
            return new SqliteRecoveryExecution(connection, held, head, states, writer, settings.BusyTimeout);
        }
        catch
        {
            connection.Dispose();
            held?.Dispose();
            throw;
        }
    }

    private static (long Id, long Execution, long Epoch) ReadFlow(StoreConnection connection, string flow)
    {
        connection.Execute(
            "INSERT INTO flow (name, execution, epoch) VALUES ($name, 0, 0) ON CONFLICT (name) DO NOTHING", ("$name", flow));
        using var command = connection.With("SELECT id, execution, epoch FROM flow WHERE name = $name", ("$name", flow));
        using var row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    /// <summary>A damaged number may pass SQLite's own check; that of the last epoch stands twice.</summary>
    private static void CheckEpoch(StoreConnection connection, string flow, long id, long epoch)
    {
        var last = (long?)connection.Scalar("SELECT max(number) FROM epoch WHERE flow = $flow", ("$flow", id)) ?? 0;
        if (last != epoch)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' is corrupt: of flow '{flow}' the last epoch is {epoch} by table flow and " +
                $"{last} by table epoch. It was left as it is. Restore it from a backup.");
        }
    }

    private static void RefuseAlive(StoreConnection connection, string flow, long id, long execution)
    {
        var path = ExecutionLock.PathOf(connection.Path, id, execution);
        if (!ExecutionLock.IsHeld(path))
        {
            return;
        }

        using var command = connection.With(
            "SELECT process, host FROM execution WHERE flow = $flow AND number = $number", ("$flow", id), ("$number", execution));
        using var row = command.ExecuteReader();
        var where = row.Read() ? $"process {row.GetInt64(0)} on host '{row.GetString(1)}'" : "a process";
        throw new ExecutionAliveException(
            $"Execution {execution} of flow '{flow}' is alive: {where} holds '{path}'. Stop it first, or take over, which fences " +
            "it: its next commit then fails without having written anything.");
    }

    private static void GoBack(StoreConnection connection, string flow, long id, long epoch)
    {
        if (connection.Scalar(
                "SELECT 1 FROM epoch WHERE flow = $flow AND number = $epoch", ("$flow", id), ("$epoch", epoch)) is null)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' does not keep epoch {epoch} of flow '{flow}', from which ResumeEpoch is to " +
                $"resume. It keeps {Kept(connection, id)}. How long epochs are kept is set by BackupInterval.");
        }

        connection.Execute("DELETE FROM state WHERE flow = $flow AND epoch > $epoch", ("$flow", id), ("$epoch", epoch));
        connection.Execute("DELETE FROM epoch WHERE flow = $flow AND number > $epoch", ("$flow", id), ("$epoch", epoch));
    }

    private static string Kept(StoreConnection connection, long id)
    {
        using var command = connection.With("SELECT min(number), max(number) FROM epoch WHERE flow = $flow", ("$flow", id));
        using var row = command.ExecuteReader();
        return row.Read() && !row.IsDBNull(0) ? $"epochs {row.GetInt64(0)} to {row.GetInt64(1)}" : "none";
    }

    private static void WriteExecution(StoreConnection connection, long id, long execution, long epoch)
    {
        connection.Execute(
            "UPDATE flow SET execution = $execution, epoch = $epoch WHERE id = $flow",
            ("$execution", execution), ("$epoch", epoch), ("$flow", id));
        connection.Execute(
            "INSERT INTO execution (flow, number, process, host) VALUES ($flow, $number, $process, $host)",
            ("$flow", id), ("$number", execution), ("$process", Environment.ProcessId), ("$host", Environment.MachineName));
        connection.Execute(
            "DELETE FROM execution WHERE flow = $flow AND number <= $last",
            ("$flow", id), ("$last", execution - KeptExecutions));
    }

    private static List<StoredState> ReadStates(StoreConnection connection, long id)
    {
        // SQLite takes the other columns from the row that has the maximum.
        using var command = connection.With(
            "SELECT kind, step, partition, json, max(epoch) FROM state WHERE flow = $flow GROUP BY step, partition", ("$flow", id));
        using var row = command.ExecuteReader();
        var states = new List<StoredState>();
        while (row.Read())
        {
            // A row without JSON says that the state was taken away in its epoch.
            if (!row.IsDBNull(3))
            {
                states.Add(new StoredState(ReadKind(row, connection.Path), row.GetString(1), row.GetString(2), row.GetString(3)));
            }
        }

        return states;
    }

    private static StateKind ReadKind(SqliteDataReader row, string path) => KindText.Parse(row.GetString(0)) ??
        throw new RecoveryStoreException(
            $"Recovery store '{path}' holds a state of kind '{row.GetString(0)}' for step '{row.GetString(1)}', which is neither " +
            "'source' nor 'sink'. It was left as it is. Correct it or restore the file from a backup.");
}
