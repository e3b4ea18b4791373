using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>The one transaction in which an execution begins: all of it happens, or nothing does.</summary>
internal static class ExecutionOpening
{
    /// <summary>How many executions of a flow are remembered, for people who look into the file.</summary>
    private const int KeptExecutions = 100;

    /// <summary>Begins an execution. It owns the connection from then on, and nobody does where this fails.</summary>
    public static SqliteRecoveryExecution Open(
        StoreConnection connection, string flow, bool takeOver, SqliteRecoveryOptions options, CancellationToken cancellationToken)
    {
        ExecutionLock? held = null;
        EpochRecord? record = null;
        try
        {
            connection.Begin(cancellationToken);

            // Again, now that nobody else can change it.
            Schema.Check(connection);
            Schema.Migrate(connection);
            FlowReader.CheckOwners(connection);
            var row = FindOrAdd(connection, flow);
            FlowReader.CheckNumbers(connection, flow, row);
            RefuseAlive(connection, flow, row, takeOver);
            var records = EpochRecords.Find(connection.Path, flow);
            var head = new FlowHead(
                row.Id, flow, Math.Max(row.At.Execution, records.Newest.Execution) + 1,
                Resume(connection, flow, row, records, options.ResumeEpoch));
            WriteExecution(connection, head);
            var states = FlowReader.ReadStates(connection, row.Id);
            var digest = new StateDigest(states);
            FlowReader.CheckStates(connection, flow, row.Id, head.Epoch, digest);
            var history = new HistoryTrimmer(connection, head.Id, options.BackupInterval);

            // Before the commit, so that nobody can see the number and find it dead, or without its record.
            held = ExecutionLock.Take(ExecutionLock.PathOf(connection.Path, row.Id, head.Execution));
            record = EpochRecord.Create(EpochRecords.PathOf(connection.Path, row.Id, head.Execution), flow, row.At);
            ExecutionLock.DeleteStale(connection.Path, row.Id);
            connection.Commit();
            record.Write(head.At);

            // So that the file alone, under another name or copied, says that it needs the record.
            connection.TryEmptyLog(TimeSpan.Zero);
            records.DeleteAllBut(record.Path);
            var files = new FileWatch(connection, head, record.Path);
            return new SqliteRecoveryExecution(
                connection, held, head, states, new EpochWriter(connection, head, digest, history, record, files), record);
        }
        catch
        {
            connection.Dispose();
            held?.Dispose();
            record?.Dispose();
            throw;
        }
    }

    private static FlowRow FindOrAdd(StoreConnection connection, string flow)
    {
        connection.Execute(
            "INSERT INTO flow (name, execution, epoch) VALUES ($name, 0, 0) ON CONFLICT (name) DO NOTHING", ("$name", flow));
        return FlowReader.Find(connection, flow)!;
    }

    private static void RefuseAlive(StoreConnection connection, string flow, FlowRow row, bool takeOver)
    {
        ExecutionLock.RefuseAfter(connection.Path, row.Id, row.At.Execution);
        var path = ExecutionLock.PathOf(connection.Path, row.Id, row.At.Execution);
        if (takeOver || !ExecutionLock.IsHeld(path))
        {
            return;
        }

        // Whose locks may be gone, if its process has opened and closed the file elsewhere: SQLite would delete the log under it.
        connection.LeaveFiles();
        using var command = connection.With(
            "SELECT process, host FROM execution WHERE flow = $flow AND number = $number",
            ("$flow", row.Id), ("$number", row.At.Execution));
        using var found = command.ExecuteReader();
        var where = found.Read() ? $"process {found.GetInt64(0)} on host '{found.GetString(1)}'" : "a process";
        throw new ExecutionAliveException(
            $"Execution {row.At.Execution} of flow '{flow}' is alive: {where} holds '{path}'. Stop it first, or take over, which " +
            "fences it: its next commit then fails without having written anything.");
    }

    /// <summary>Who names the epoch to resume from has seen what there is; otherwise it must be all that was committed.</summary>
    private static long Resume(StoreConnection connection, string flow, FlowRow row, EpochRecords records, long? epoch)
    {
        if (epoch is not { } resume)
        {
            records.Check(flow, row.At, row.Recorded == 0 ? null : EpochRecords.PathOf(connection.Path, row.Id, row.Recorded));
            return row.At.Epoch;
        }

        if (resume != row.At.Epoch)
        {
            GoBack(connection, flow, row.Id, resume);
        }

        return resume;
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

    private static void WriteExecution(StoreConnection connection, FlowHead head)
    {
        connection.Execute(
            "UPDATE flow SET execution = $execution, epoch = $epoch, recorded = $execution WHERE id = $flow",
            ("$execution", head.Execution), ("$epoch", head.Epoch), ("$flow", head.Id));
        connection.Execute(
            "INSERT INTO execution (flow, number, process, host) VALUES ($flow, $number, $process, $host)",
            ("$flow", head.Id), ("$number", head.Execution), ("$process", Environment.ProcessId), ("$host", Environment.MachineName));
        connection.Execute(
            "DELETE FROM execution WHERE flow = $flow AND number <= $last",
            ("$flow", head.Id), ("$last", head.Execution - KeptExecutions));
    }
}
