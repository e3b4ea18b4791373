using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// Opens a store's file, or makes it. The file itself is touched by SQLite alone: closing a handle of one's own would take away
/// the locks that this process's other connections hold on it.
/// </summary>
internal static class StoreFile
{
    public static StoreConnection Open(string path, SqliteRecoveryOptions options, CancellationToken cancellationToken)
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
        // and the mark was not, whoever made the file has finished. What lies beside the file never comes before it.
        var mark = path + ".creating";
        var (left, locks) = (FindLeft(path), ExecutionLock.All(path));
        var stamp = FileStamp.Of(path);
        var creates = stamp is null || File.Exists(mark);
        if (stamp is null)
        {
            ExecutionLock.RefuseHeld(locks);
        }

        RefuseRest(path, stamp, creates, left);
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
            path, creates ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, options.BusyTimeout);
        try
        {
            Prepare(connection, options.FullIntegrityCheck, creates, cancellationToken);
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

    // What is left of a store whose database is gone; a cut-off making leaves no more than a journal.
    private static string? FindLeft(string path) =>
        new[] { path + "-wal", path + "-journal" }.FirstOrDefault(File.Exists) ?? EpochRecords.Beside(path).FirstOrDefault();

    private static void RefuseRest(string path, FileStamp? stamp, bool creates, string? left)
    {
        if (stamp is null && left is not null && !(left == path + "-journal" && File.Exists(path + ".creating")))
        {
            throw new RecoveryStoreException(
                $"Recovery store '{path}' is gone, but '{left}' is left of it. Put the file back or restore it from a backup, with all " +
                "beside it whose names begin with its own; or delete those, to begin from the beginning.");
        }

        if (stamp is { Length: 0 } && (!creates || FileStamp.Of(path + "-wal") is { Length: > 0 }))
        {
            throw new RecoveryStoreException(
                $"Recovery store '{path}' has no content: something has emptied the file, or made it. Restore it from a backup, " +
                "or delete it and all beside it whose names begin with its own to begin from the beginning.");
        }

        if (stamp is { Names: > 1 })
        {
            throw new RecoveryStoreException(
                $"Recovery store '{path}' has {stamp.Names} names, which are hard links. Logs and locks belong to a name, so two that use " +
                "the file by different names would destroy it. Remove the other names, or copy the file to one of its own. A symbolic " +
                "link does no harm.");
        }
    }

    private static bool IsReadOnly(string path) => File.Exists(path) && new FileInfo(path).IsReadOnly;

    private static void Prepare(StoreConnection connection, bool full, bool creates, CancellationToken cancellationToken)
    {
        connection.WaitForReading(cancellationToken);

        // For the check, which may take long.
        using var interrupt = connection.InterruptBy(cancellationToken);

        // Durable on power loss: every commit is flushed before it returns, on macOS to the platter as well.
        connection.Execute("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA synchronous = FULL");
        if (creates)
        {
            Schema.Create(connection, cancellationToken);
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

        RefuseCut(connection);
    }

    // SQLite takes the rest of a page for zeros that has lost its last few bytes. With a log, pages may be there that are not in the file yet.
    private static void RefuseCut(StoreConnection connection)
    {
        var length = (long)connection.Scalar("PRAGMA page_count")! * (long)connection.Scalar("PRAGMA page_size")!;
        if (FileStamp.Of(connection.Path) is { } stamp && stamp.Length < length
            && FileStamp.Of(connection.Path + "-wal") is null or { Length: 0 })
        {
            throw new RecoveryStoreException(
                $"Recovery store '{connection.Path}' is corrupt: it was cut short, from {length} bytes to {stamp.Length}. It was left as " +
                "it is. Restore it from a backup.")
            {
                IsPermanent = true,
            };
        }
    }
}
