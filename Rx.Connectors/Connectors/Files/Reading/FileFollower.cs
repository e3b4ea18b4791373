using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// Looks after a file at whose end a reader waits. Whether the path still leads to it is told by length, time of the last write and
/// content: one file looked at twice has the same, and .NET gives no number that names a file on every system.
/// </summary>
internal sealed class FileFollower(string path)
{
    private bool _seenOther;
    private long _checkedLength = -1;

    /// <summary>Forgets what it has seen: the file has gone on.</summary>
    public void Reset() => _seenOther = false;

    /// <summary>Whether the file was cut, also where it has grown again past what was read.</summary>
    public bool WasCut(SafeFileHandle file, LineReader reader)
    {
        var length = RandomAccess.GetLength(file);
        var changed = length != _checkedLength;
        _checkedLength = length;
        return length < reader.ReadTo || (changed && !reader.Matches(file));
    }

    /// <summary>
    /// The file that has taken the path; null while there is none. It is told at the second look in a row: whoever writes to the
    /// old file may not yet have opened the new one.
    /// </summary>
    public SafeFileHandle? TakeOther(SafeFileHandle file, LineReader reader)
    {
        var other = FindOther(file, reader);
        if (other is null || _seenOther)
        {
            _seenOther = false;
            return other;
        }

        _seenOther = true;
        other.Dispose();
        return null;
    }

    private static (long Length, DateTime Written) Look(SafeFileHandle file) =>
        (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    private SafeFileHandle? FindOther(SafeFileHandle file, LineReader reader)
    {
        var before = Look(file);
        if (!File.Exists(path))
        {
            return null;
        }

        SafeFileHandle found;
        try
        {
            found = OpenFile.ToRead(path);
        }
        catch (FileNotFoundException)
        {
            // Renamed away just now; the new one comes later.
            return null;
        }

        try
        {
            var there = Look(found);

            // A file that is written to just now may differ from itself.
            if (there.Length > 0 && (there != before || !reader.Matches(found)) && Look(file) == before)
            {
                var other = found;
                found = null!;
                return other;
            }

            return null;
        }
        finally
        {
            found?.Dispose();
        }
    }
}
