namespace Rx.Connectors.Sqlite;

/// <summary>Which file a path leads to, and when it was changed.</summary>
/// <param name="Identity">Another one where the file was replaced, if only by its like.</param>
/// <param name="Names">How many hard links there are; 1 where that is not known.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Changed">Another one after each change.</param>
internal sealed record FileStamp(string Identity, uint Names, long Length, (ulong, uint, ulong, uint) Changed)
{
    /// <returns>Null where there is no file.</returns>
    public static FileStamp? Of(string path)
    {
        if (Native.TryStamp(path, out var stamp))
        {
            return stamp;
        }

        // Elsewhere a file is known by when it was made.
        var file = new FileInfo(path);
        return file.Exists
            ? new FileStamp($"{file.CreationTimeUtc.Ticks}", 1, file.Length, ((ulong)file.LastWriteTimeUtc.Ticks, 0, 0, 0))
            : null;
    }
}
