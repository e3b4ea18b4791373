using System.Globalization;
using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>Commits epochs of one execution, each in a transaction that first makes sure that it has not been fenced.</summary>
internal sealed class EpochWriter : IDisposable
{
    private readonly StoreConnection _connection;
    private readonly FlowHead _head;
    private readonly StateDigest _states;
    private readonly HistoryTrimmer _trimmer;
    private readonly EpochRecord _record;
    private readonly FileWatch _files;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _insertEpoch;
    private readonly SqliteCommand _insertState;
    private readonly SqliteCommand _advance;
    private long _last;

    public EpochWriter(
        StoreConnection connection, FlowHead head, StateDigest states, HistoryTrimmer trimmer, EpochRecord record, FileWatch files)
    {
        _connection = connection;
        _head = head;
        _states = states;
        _trimmer = trimmer;
        _record = record;
        _files = files;
        _last = head.Epoch;
        _read = connection.Command("SELECT execution, epoch FROM flow WHERE id = $flow", "$flow");
        _insertEpoch = connection.Command(
            "INSERT INTO epoch (flow, number, execution, closed_at, digest) VALUES ($flow, $number, $execution, $at, $digest)",
            "$flow", "$number", "$execution", "$at", "$digest");

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

    public void Write(EpochCommit epoch, CancellationToken cancellationToken)
    {
        var states = _states.After(epoch.Changes);
        Commit(epoch, states.Text, cancellationToken);
        if (epoch.Number > _last)
        {
            states.Accept();
            _last = epoch.Number;
        }

        // Also where an earlier attempt got through and failed here.
        _record.Write(new Progress(_head.Execution, _last));
        _files.Look(_last, _states);
    }

    /// <summary>Looks whether what was committed will be found.</summary>
    public void LookAtFiles() => _files.Look(_last, _states);

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

    private void Commit(EpochCommit epoch, string digest, CancellationToken cancellationToken)
    {
        _connection.Begin(cancellationToken);
        try
        {
            if (IsCommitted(epoch))
            {
                _connection.Rollback();
                return;
            }

            LookAtFiles();
            var at = Text(epoch.ClosedAt);
            WriteEpoch(epoch, at, digest);
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

    /// <summary>Whether the epoch was committed by an earlier attempt of this execution.</summary>
    private bool IsCommitted(EpochCommit epoch)
    {
        var number = epoch.Number;
        var at = ReadFlow();
        if (at.Execution > _head.Execution)
        {
            throw new ExecutionFencedException(
                $"Execution {at.Execution} of flow '{_head.Flow}' has taken over from execution {_head.Execution} in recovery store " +
                $"'{_connection.Path}'. Epoch {number} was not committed.");
        }

        if (new Progress(_head.Execution, _last).IsAfter(at))
        {
            throw Changed(
                $"holds epoch {at.Epoch} of execution {at.Execution} of flow '{_head.Flow}', although epoch {_last} of execution " +
                $"{_head.Execution} was committed");
        }

        if (number > _head.Epoch && number <= at.Epoch)
        {
            return true;
        }

        return number == at.Epoch + 1 ? false : throw new ArgumentException(
            $"Epoch {number} of flow '{_head.Flow}' cannot be committed: the last one committed is {at.Epoch}, and the next must be " +
            $"{at.Epoch + 1}.", nameof(epoch));
    }

    private Progress ReadFlow()
    {
        using var row = _read.ExecuteReader();
        return row.Read() ? new Progress(row.GetInt64(0), row.GetInt64(1)) : throw Changed($"does not know flow '{_head.Flow}' any more");
    }

    private RecoveryStoreException Changed(string what) => new(
        $"Recovery store '{_connection.Path}' {what}: somebody has changed the file. Restore it from a backup.")
    {
        IsPermanent = true,
    };

    private void WriteEpoch(EpochCommit epoch, string at, string digest)
    {
        _insertEpoch.Parameters["$number"].Value = epoch.Number;
        _insertEpoch.Parameters["$at"].Value = at;
        _insertEpoch.Parameters["$digest"].Value = digest;
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
