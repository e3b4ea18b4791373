using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// Sees to it that what an execution commits is found by the next one: its files are still at their names, and hold what they were
/// given. SQLite does not look, and goes on with files that have no name any more.
/// </summary>
internal sealed class FileWatch
{
    private readonly StoreConnection _connection;
    private readonly FlowHead _head;
    private readonly string _log;
    private readonly (string Path, string? Identity)[] _files;
    private FileStamp _seen;
    private long _logLength;

    public FileWatch(StoreConnection connection, FlowHead head, string record)
    {
        _connection = connection;
        _head = head;
        _log = connection.Path + "-wal";
        _files = [.. new[] { connection.Path, _log, connection.Path + "-shm", record }.Select(path => (path, (string?)Find(path).Identity))];
        _files[0].Identity = connection.Identity;
        _seen = Find(connection.Path);
        _logLength = Find(_log).Length;
    }

    /// <summary>Looks, and where the database was changed has it read anew, as by a process that has just begun.</summary>
    /// <param name="epoch">The last epoch that was committed.</param>
    /// <param name="states">What it left.</param>
    /// <exception cref="RecoveryStoreException">Nothing can be committed any more.</exception>
    public void Look(long epoch, StateDigest states)
    {
        foreach (var (path, identity) in _files)
        {
            if (Find(path).Identity != identity)
            {
                throw Lost($"'{path}' was replaced by another file");
            }
        }

        var (database, log) = (Find(_connection.Path), Find(_log));

        // SQLite changes the database where it moves its log over, and makes the log shorter only then.
        if (database != _seen || log.Length < _logLength)
        {
            // SQLite would delete the log of a database without content.
            if (database.Length == 0)
            {
                throw Lost($"'{_connection.Path}' was emptied");
            }

            Verify(epoch, states);
        }

        (_seen, _logLength) = (database, log.Length);
    }

    private void Verify(long epoch, StateDigest states)
    {
        using var anew = StoreConnection.Open(_connection.Path, Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite, _connection.BusyTimeout);
        var row = FlowReader.Find(anew, _head.Flow);
        if (row?.At.Execution > _head.Execution)
        {
            // Another has taken over, which the next commit says.
            return;
        }

        if (row is null || row.At != new Progress(_head.Execution, epoch))
        {
            _connection.LeaveFiles();
            throw Lost(
                $"'{_connection.Path}' was changed by something other than SQLite: the flow's last epoch in it is not {epoch} but " +
                $"{(row is null ? "unknown" : $"{row.At.Epoch} of execution {row.At.Execution}")}");
        }

        FlowReader.CheckNumbers(anew, _head.Flow, row);
        if (new StateDigest(FlowReader.ReadStates(anew, row.Id)).Text != states.Text)
        {
            _connection.LeaveFiles();
            throw Lost($"'{_connection.Path}' was changed: its states are not those that epoch {epoch} has committed");
        }
    }

    private FileStamp Find(string path) => FileStamp.Of(path) ?? throw Lost($"'{path}' is gone");

    private RecoveryStoreException Lost(string what) => new(
        $"Recovery store '{_connection.Path}' was taken away: {what} while execution {_head.Execution} of flow '{_head.Flow}' used " +
        "it. No later run would find what is committed now, so nothing is committed any more. Stop whatever does this, put back or " +
        "restore the file and all beside it whose names begin with its own, and start the flow again.")
    {
        IsPermanent = true,
    };
}
