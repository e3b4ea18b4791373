using System.Globalization;
using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>Commits epochs of one execution, each in a transaction that first makes sure that it has not been fenced.</summary>
internal sealed class EpochWriter : IDisposable
{
    private readonly StoreConnection _connection;
    private readonly FlowHead _head;
    private readonly HistoryTrimmer _trimmer;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _insertEpoch;
    private readonly SqliteCommand _insertState;
    private readonly SqliteCommand _advance;

    public EpochWriter(StoreConnection connection, FlowHead head, TimeSpan backupInterval)
    {
        _connection = connection;
        _head = head;
        _trimmer = new HistoryTrimmer(connection, head.Id, backupInterval);
        _read = connection.Command("SELECT execution, epoch FROM flow WHERE id = $flow", "$flow");
        _insertEpoch = connection.Command(
            "INSERT INTO epoch (flow, number, execution, closed_at) VALUES ($flow, $number, $execution, $at)",
            "$flow", "$number", "$execution", "$at");

        // A key that comes twice in an epoch has the state that came last.
        _insertState = connection.Command(
            "INSERT OR REPLACE INTO state (flow, step, partition, epoch, kind, json) " +
            "VALUES ($flow, $step, $partition, $epoch, $kind, $json)",
            "$flow", "$step", "$partition", "$epoch", "$kind", "$json");
        _advance = connection.Command("UPDATE flow SET epoch = $epoch WHERE id = $flow", "$epoch", "$flow");
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_read, _insertEpoch, _insertState, _advance])
        {
            command.Parameters["$flow"].Value = head.Id;
        }

        _insertEpoch.Parameters["$execution"].Value = head.Execution;
    }

    public void Write(EpochCommit epoch)
    {
        _connection.Begin();
        try
        {
            if (IsCommitted(epoch))
            {
                _connection.Rollback();
                return;
            }

            var at = Text(epoch.At);
            WriteEpoch(epoch, at);
            var trimmed = _trimmer.Trim(epoch, at);
            _connection.Commit();
            trimmed();
        }
        catch
        {
            _connection.Rollback();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_read, _insertEpoch, _insertState, _advance])
        {
            command.Dispose();
        }

        _trimmer.Dispose();
    }

    /// <summary>Text of always the same length, so that the order of texts is that of times, and both people and SQLite read it.</summary>
    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether the epoch was committed by an earlier attempt of this execution.</summary>
    private bool IsCommitted(EpochCommit epoch)
    {
        var number = epoch.Number;
        var (execution, last) = ReadFlow();
        if (execution != _head.Execution)
        {
            throw new ExecutionFencedException(
                $"Execution {execution} of flow '{_head.Flow}' has taken over from execution {_head.Execution} in recovery store " +
                $"'{_connection.Path}'. Epoch {number} was not committed.");
        }

        if (number > _head.Epoch && number <= last)
        {
            return true;
        }

        return number == last + 1 ? false : throw new ArgumentException(
            $"Epoch {number} of flow '{_head.Flow}' cannot be committed: the last one committed is {last}, and the next must be " +
            $"{last + 1}.", nameof(epoch));
    }

    private (long Execution, long Epoch) ReadFlow()
    {
        using var row = _read.ExecuteReader();
        return row.Read()
            ? (row.GetInt64(0), row.GetInt64(1))
            : throw new RecoveryStoreException(
                $"Recovery store '{_connection.Path}' does not know flow '{_head.Flow}' any more: somebody has changed the file.");
    }

    private void WriteEpoch(EpochCommit epoch, string at)
    {
        _insertEpoch.Parameters["$number"].Value = epoch.Number;
        _insertEpoch.Parameters["$at"].Value = at;
        _insertEpoch.ExecuteNonQuery();

        var values = _insertState.Parameters;
        var (step, partition, kind, json) = (values["$step"], values["$partition"], values["$kind"], values["$json"]);
        values["$epoch"].Value = epoch.Number;
        foreach (var change in epoch.Changes)
        {
            step.Value = change.Step;
            partition.Value = change.Partition;
            kind.Value = KindText.Of(change.Kind);
            json.Value = (object?)change.State ?? DBNull.Value;
            _insertState.ExecuteNonQuery();
        }

        _advance.Parameters["$epoch"].Value = epoch.Number;
        _advance.ExecuteNonQuery();
    }
}
