using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// Opens a store's file, or makes it. The file itself is touched by SQLite alone: closing a handle of one's own would take away
/// the locks that this process's other connections hold on it.
/// </summary>
internal static class StoreFile
{
    public static StoreConnection Open(string path, SqliteRecoverySettings settings)
    {
        // The locks of executions stand beside the real file, whichever link led to it.
        if (new FileInfo(path) is { LinkTarget: not null } link)
        {
            path = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        }

        if (Directory.Exists(path))
        {
            throw new RecoveryStoreException($"Recovery store '{path}' is a directory. Name a file in it.");
        }

        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
        {
            throw new RecoveryStoreException(
                $"Recovery store '{path}': the directory '{folder}' does not exist. Create it; it is not created for you, so " +
                "that a volume that is not mounted does not look like a flow that never ran.");
        }

        // In this order: the mark is set before the file is made and deleted after it has content. So where the file was there
        // and the mark was not, whoever made the file has finished.
        var mark = path + ".creating";
        var creates = !File.Exists(path) || File.Exists(mark);
        if (!creates && new FileInfo(path).Length == 0)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{path}' has no content: something has emptied the file, or made it. Restore it from a backup, " +
                "or delete it to begin from the beginning.");
        }

        // Looked at before it is opened: SQLite would make the files beside it read-only as well, and they would stay so.
        if (!creates && new[] { path, path + "-wal", path + "-shm" }.FirstOrDefault(IsReadOnly) is { } readOnly)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{path}' cannot be written to: '{readOnly}' is read-only for this user. Nothing was changed.");
        }

        if (creates)
        {
            using var set = new FileStream(mark, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }

        var connection = StoreConnection.Open(
            path, creates ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, settings.BusyTimeout);
        try
        {
            Prepare(connection, settings.FullIntegrityCheck, creates);
            if (creates)
            {
                File.Delete(mark);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool IsReadOnly(string path) => File.Exists(path) && new FileInfo(path).IsReadOnly;

    private static void Prepare(StoreConnection connection, bool full, bool creates)
    {
        // Durable on power loss: every commit is flushed before it returns, on macOS to the platter as well.
        connection.Execute("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA synchronous = FULL");
        if (creates)
        {
            Schema.Create(connection);
        }

        Schema.Check(connection);
        if (connection.IsReadOnly)
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' cannot be written to: the file is read-only for this user. Nothing was changed.");
        }

        if ((string?)connection.Scalar("PRAGMA journal_mode = WAL") != "wal")
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' cannot have a write-ahead log here. Put it on a local file system.");
        }

        // KiB. SQLite's own 2 MiB make a large commit write its pages to the log several times.
        connection.Execute("PRAGMA cache_size = -16384");
        var finding = (string?)connection.Scalar(full ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
        if (finding != "ok")
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' is corrupt. SQLite's first finding: {finding} It was left as it is. Restore " +
                "it from a backup; the file and those beside it whose names begin with its own belong together.");
        }
    }
}
