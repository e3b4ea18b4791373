using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;
using SQLitePCL;

namespace Rx.Connectors.Sqlite;

/// <summary>Says what SQLite's result codes mean to somebody who runs a flow.</summary>
internal static class StoreErrors
{
    // The last two are what a reader says of a value of another type, or of none, where there should be one.
    public static bool IsKnown(Exception e) =>
        e is SqliteException or IOException or UnauthorizedAccessException or InvalidCastException
        || e.GetType() == typeof(InvalidOperationException);

    /// <summary>Makes the exception to throw.</summary>
    /// <param name="path">The store's file.</param>
    /// <param name="what">What failed, as in "epoch 7 was not committed".</param>
    /// <param name="busyTimeout">How long was waited for other writers.</param>
    /// <param name="e">What <see cref="IsKnown"/> knows.</param>
    public static RecoveryStoreException Translate(string path, string what, TimeSpan busyTimeout, Exception e) =>
        new($"Recovery store '{path}': {what}. {Reason(e, busyTimeout)}{(IsDamage(e) ? "" : " Nothing that was committed before is lost.")}", e)
        {
            IsPermanent = IsDamage(e),
        };

    private static bool IsDamage(Exception e) => IsCut(e) || e is InvalidCastException or InvalidOperationException ||
        (e as SqliteException)?.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT or raw.SQLITE_ERROR;

    private static bool IsCut(Exception e) => (e as SqliteException)?.SqliteExtendedErrorCode == raw.SQLITE_IOERR_SHORT_READ;

    private static string Reason(Exception e, TimeSpan busyTimeout) => (e as SqliteException)?.SqliteErrorCode switch
    {
        null when IsDamage(e) => $"The file is corrupt ({e.Message}). It was left as it is. Restore it from a backup.",
        null =>
            $"{e.Message} The directory must have room, must not be read-only, and must let the user that runs the flow make files.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            $"Another process, or another flow, has been writing to it for longer than BusyTimeout, which is {busyTimeout}. " +
            "Try again, raise BusyTimeout, or give each flow a file of its own.",
        raw.SQLITE_FULL => "There is no room left on its disk. Make room and try again.",
        raw.SQLITE_NOTADB => "The file is no SQLite database. It was left as it is. Name another file, or restore it from a backup.",
        raw.SQLITE_ERROR => $"Its tables are not as they were made ({e.Message}). It was left as it is. Restore it from a backup.",
        raw.SQLITE_CORRUPT => $"The file is corrupt ({e.Message}). It was left as it is. Restore it from a backup.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH =>
            "The file, or its directory, is read-only or not accessible: the user that runs the flow must be allowed to create " +
            $"and write files there ({e.Message}).",
        raw.SQLITE_IOERR when IsCut(e) =>
            "The file, or its log, is shorter than it was: something has cut it. Restore it from a backup, with all beside it.",
        raw.SQLITE_IOERR => $"The disk failed to read or write ({e.Message}).",
        _ => $"{e.Message}",
    };
}
