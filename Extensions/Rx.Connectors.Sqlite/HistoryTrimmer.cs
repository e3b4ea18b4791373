using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// Removes what only epochs older than the backup interval need. Of each state the newest row at or before the oldest epoch that
/// is kept stays. A commit looks at the rows of the epochs that have just grown too old and at no others, and at most at
/// <see cref="MostPerCommit"/> epochs: a longer backlog is worked off by several commits.
/// </summary>
internal sealed class HistoryTrimmer : IDisposable
{
    public const int MostPerCommit = 16;

    // Rows that a row of a trimmed epoch has replaced.
    public const string DeleteReplaced =
        """
        DELETE FROM state WHERE flow = $flow AND (step, partition, epoch) IN (
            SELECT older.step, older.partition, older.epoch
            FROM state AS newer INDEXED BY state_by_epoch
            CROSS JOIN state AS older ON older.flow = newer.flow AND older.step = newer.step
                AND older.partition = newer.partition AND older.epoch < newer.epoch
            WHERE newer.flow = $flow AND newer.epoch > $from AND newer.epoch <= $to)
        """;

    // What was taken away, now that there is nothing before it left.
    public const string DeleteTaken =
        "DELETE FROM state INDEXED BY state_by_epoch WHERE flow = $flow AND epoch > $from AND epoch <= $to AND json IS NULL";

    public const string DeleteEpochs = "DELETE FROM epoch WHERE flow = $flow AND number < $to";

    private readonly StoreConnection _connection;
    private readonly long _flow;
    private readonly TimeSpan _keep;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand[] _delete;
    private long _oldest;
    private string _last;

    public HistoryTrimmer(StoreConnection connection, long flow, TimeSpan keep)
    {
        _connection = connection;
        _flow = flow;
        _keep = keep;
        _oldest = (long?)connection.Scalar("SELECT min(number) FROM epoch WHERE flow = $flow", ("$flow", flow)) ?? 0;
        _last = (string?)connection.Scalar(
            "SELECT closed_at FROM epoch WHERE flow = $flow ORDER BY number DESC LIMIT 1", ("$flow", flow)) ?? "";
        _find = connection.Command(
            "SELECT max(number) FROM epoch WHERE flow = $flow AND number > $from AND number <= $most AND closed_at <= $horizon",
            "$flow", "$from", "$most", "$horizon");
        _delete =
        [
            connection.Command(DeleteReplaced, "$flow", "$from", "$to"),
            connection.Command(DeleteTaken, "$flow", "$from", "$to"),
            connection.Command(DeleteEpochs, "$flow", "$to"),
        ];
    }

    /// <summary>Trims in the transaction that commits the epoch.</summary>
    /// <returns>To be called when that transaction has been committed.</returns>
    public Action Trim(EpochCommit epoch, string at)
    {
        if (string.CompareOrdinal(at, _last) < 0)
        {
            // The clock was set back. No epoch may seem younger than its successors, or it would be kept until the clock gets there.
            _connection.Execute(
                "UPDATE epoch SET closed_at = $at WHERE flow = $flow AND closed_at > $at", ("$at", at), ("$flow", _flow));
        }

        var horizon = new DateTimeOffset(Math.Max(0, epoch.ClosedAt.UtcTicks - _keep.Ticks), TimeSpan.Zero);
        var oldest = Find(EpochWriter.Text(horizon)) ?? _oldest;
        if (oldest > _oldest)
        {
            foreach (var command in _delete)
            {
                command.Parameters["$flow"].Value = _flow;
                command.Parameters["$to"].Value = oldest;
                if (command.Parameters.Contains("$from"))
                {
                    command.Parameters["$from"].Value = _oldest;
                }

                command.ExecuteNonQuery();
            }
        }

        return () => (_oldest, _last) = (oldest, at);
    }

    public void Dispose()
    {
        _find.Dispose();
        foreach (var command in _delete)
        {
            command.Dispose();
        }
    }

    private long? Find(string horizon)
    {
        _find.Parameters["$flow"].Value = _flow;
        _find.Parameters["$from"].Value = _oldest;
        _find.Parameters["$most"].Value = _oldest + MostPerCommit;
        _find.Parameters["$horizon"].Value = horizon;
        return _find.ExecuteScalar() as long?;
    }
}
