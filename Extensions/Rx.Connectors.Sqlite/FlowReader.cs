using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>What the file holds of a flow.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">The last execution, and the last epoch.</param>
/// <param name="Recorded">The execution whose record must be beside the file; 0 for none.</param>
internal sealed record FlowRow(long Id, Progress At, long Recorded);

/// <summary>Reads what is stored of a flow, and sees that it makes sense.</summary>
internal static class FlowReader
{
    /// <returns>Null where the flow is not known.</returns>
    public static FlowRow? Find(StoreConnection connection, string flow)
    {
        using var command = connection.With("SELECT id, execution, epoch, recorded FROM flow WHERE name = $name", ("$name", flow));
        using var row = command.ExecuteReader();
        return row.Read() ? new FlowRow(row.GetInt64(0), new Progress(row.GetInt64(1), row.GetInt64(2)), row.GetInt64(3)) : null;
    }

    /// <summary>A damaged number may pass SQLite's own check; those of the last epoch and execution stand twice.</summary>
    public static void CheckNumbers(StoreConnection connection, string flow, FlowRow row)
    {
        CheckNumber("epoch", "SELECT max(number) FROM epoch WHERE flow = $flow", row.At.Epoch);
        CheckNumber("execution", "SELECT max(number) FROM execution WHERE flow = $flow", row.At.Execution);

        void CheckNumber(string what, string sql, long number)
        {
            var last = (long?)connection.Scalar(sql, ("$flow", row.Id)) ?? 0;
            if (last != number)
            {
                throw Corrupt(connection, $"of flow '{flow}' the last {what} is {number} by table flow and {last} by table {what}");
            }
        }
    }

    /// <summary>Refuses rows of a flow that is not known: it would begin anew, or under an id that has them.</summary>
    public static void CheckOwners(StoreConnection connection)
    {
        foreach (var table in new[] { "execution", "epoch", "state" })
        {
            if (connection.Scalar($"SELECT 1 FROM {table} WHERE flow NOT IN (SELECT id FROM flow) LIMIT 1") is not null)
            {
                throw Corrupt(connection, $"rows of table {table} are left of a flow that table flow does not know");
            }
        }
    }

    public static List<StoredPosition> ReadStates(StoreConnection connection, long id)
    {
        // SQLite takes the other columns from the row that has the maximum.
        using var command = connection.With(
            "SELECT kind, step, partition, json, max(epoch) FROM state WHERE flow = $flow GROUP BY step, partition", ("$flow", id));
        using var row = command.ExecuteReader();
        var states = new List<StoredPosition>();
        while (row.Read())
        {
            // A row without JSON says that the state was taken away in its epoch.
            if (!row.IsDBNull(3))
            {
                states.Add(new StoredPosition
                {
                    Kind = ReadKind(row, connection),
                    Step = row.GetString(1),
                    Partition = row.GetString(2),
                    State = row.GetString(3),
                });
            }
        }

        return states;
    }

    /// <summary>Refuses states that are not those of the epoch.</summary>
    public static void CheckStates(StoreConnection connection, string flow, long id, long epoch, StateDigest states)
    {
        var stored = epoch == 0 ? new StateDigest([]).Text : (string?)connection.Scalar(
            "SELECT digest FROM epoch WHERE flow = $flow AND number = $epoch", ("$flow", id), ("$epoch", epoch));
        if (!string.IsNullOrEmpty(stored) && stored != states.Text)
        {
            throw Corrupt(
                connection, $"the states of flow '{flow}' are not those that epoch {epoch} has committed; some were changed or removed");
        }
    }

    private static RecoveryStoreException Corrupt(StoreConnection connection, string finding) => new(
        $"Recovery store '{connection.Path}' is corrupt: {finding}. It was left as it is. Restore it from a backup.")
    {
        IsPermanent = true,
    };

    private static StepKind ReadKind(SqliteDataReader row, StoreConnection connection) => KindText.Parse(row.GetString(0)) ??
        throw new RecoveryStoreException(
            $"Recovery store '{connection.Path}' holds a state of kind '{row.GetString(0)}' for step '{row.GetString(1)}', which is " +
            "neither 'source' nor 'sink'. It was left as it is. Correct it or restore the file from a backup.");
}
