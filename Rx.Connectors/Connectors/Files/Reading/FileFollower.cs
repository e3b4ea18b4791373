using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// Looks after a file at whose end a reader waits. Where the system does not say which file the path leads to, it is told by length,
/// time of the last write and content: one file looked at twice has the same.
/// </summary>
internal sealed class FileFollower(string path)
{
    private readonly MissedRotations _missed = new(path);
    private bool _seenOther;

    /// <summary>Forgets what it has seen: the file has gone on.</summary>
    public void Reset() => _seenOther = false;

    /// <summary>
    /// The file to go on with; null while there is none: the one that has taken the path, or one that had it before and was rotated
    /// away already. It is told at the second look in a row: whoever writes to the old file may not yet have opened the new one.
    /// </summary>
    /// <exception cref="FileChangedException">One that had the path meanwhile can not be read any more.</exception>
    public SafeFileHandle? TakeOther(SafeFileHandle file, LineReader reader)
    {
        var other = FindOther(file, reader);
        if (other is null || !_seenOther)
        {
            _seenOther = other is not null;
            other?.Dispose();
            return null;
        }

        _seenOther = false;
        try
        {
            if (_missed.Find(file, other, reader) is not { } missed)
            {
                return other;
            }

            other.Dispose();
            return missed;
        }
        catch (Exception moved) when (moved is FileNotFoundException or DirectoryNotFoundException)
        {
            // Rotated once more just now: at the next look it has its new name.
            other.Dispose();
            _seenOther = true;
            return null;
        }
        catch
        {
            other.Dispose();
            throw;
        }
    }

    private static (long Length, DateTime Written) Look(SafeFileHandle file) =>
        (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    private SafeFileHandle? FindOther(SafeFileHandle file, LineReader reader)
    {
        var there = FileIdentity.Of(path);
        if (there.Kind is not (FileKind.Regular or FileKind.Unknown) || there.IsSameAs(FileIdentity.Of(file)) == true)
        {
            return null;
        }

        var before = Look(file);
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

        if (RandomAccess.GetLength(found) > 0 && !IsSame(found))
        {
            return found;
        }

        found.Dispose();
        return null;

        // A file that is written to just now may differ from itself.
        bool IsSame(SafeFileHandle other) =>
            FileIdentity.Of(other).IsSameAs(FileIdentity.Of(file))
            ?? ((Look(other) == before && reader.Matches(other)) || Look(file) != before);
    }
}
