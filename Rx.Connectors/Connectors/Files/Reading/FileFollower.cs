using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// Looks after a file at whose end a reader is: which one comes next. Where the system does not say which file the path leads to, it is
/// told by length, time of the last write and content: one file looked at twice has the same.
/// </summary>
internal sealed class FileFollower<T>(string path, RotatedFiles rotated, LineReader<T> reader)
{
    private bool _seenOther;

    /// <summary>Forgets what it has seen: the file has gone on.</summary>
    public void Reset() => _seenOther = false;

    /// <summary>
    /// The file to go on with; null while there is none: the one that has taken the path, or one that had it before and was rotated
    /// away already. It is told at the second look in a row: whoever writes to the old file may not yet have opened the new one.
    /// </summary>
    /// <exception cref="FileChangedException">One that had the path meanwhile can not be read any more.</exception>
    public SafeFileHandle? TakeOther(SafeFileHandle file)
    {
        try
        {
            return IsAtPath(file, out var other) ? FindBefore(file) : TakeAtSecondLook(file, other);
        }
        catch (Exception moved) when (moved is FileNotFoundException or DirectoryNotFoundException)
        {
            // Rotated once more just now: at the next look it has its new name.
            _seenOther = true;
            return null;
        }
    }

    /// <summary>The file to go on with where nobody waits for more; null if there is none.</summary>
    public SafeFileHandle? TakeNow(SafeFileHandle file)
    {
        _seenOther = true;
        return TakeOther(file);
    }

    /// <summary>A copy of a file that was emptied before anything of it was read.</summary>
    /// <exception cref="FileNotFoundException">Files are being renamed just now.</exception>
    public SafeFileHandle? FindBefore(SafeFileHandle file) =>
        reader.Offset == 0 && FileIdentity.Of(path).IsSameAs(FileIdentity.Of(file)) == true ? rotated.FindNext(null, file, 0) : null;

    /// <summary>Whether a file is a longer copy of the one that was read, which it has replaced.</summary>
    /// <param name="file">The file that was read.</param>
    /// <param name="other">The one that comes next.</param>
    /// <param name="mark">Up to where it was read.</param>
    /// <param name="isCopy">Whether the file that was read may be a copy of the other, which is yet to be emptied.</param>
    public static bool IsReplaced(SafeFileHandle file, SafeFileHandle other, FileMark mark, bool isCopy) =>
        mark.Offset > 0
        && (isCopy || FileIdentity.IsDeleted(file) != false) // One that still has a name was rotated, and the new one only begins like it.
        && OpenFile.FindMark(other, "", mark.Position, out _) is not null;

    private static (long Length, DateTime Written) Look(SafeFileHandle file) =>
        (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    private SafeFileHandle? TakeAtSecondLook(SafeFileHandle file, SafeFileHandle? other)
    {
        try
        {
            rotated.Passed(file);
            var isOther = other is not null && RandomAccess.GetLength(other) > 0;
            if (!_seenOther)
            {
                _seenOther = isOther || rotated.HasNext(file, other);
                return null;
            }

            _seenOther = false;
            if (rotated.FindNext(file, other, reader.Offset) is { } missed)
            {
                return missed;
            }

            var next = isOther ? other : null;
            other = isOther ? null : other;
            return next;
        }
        finally
        {
            other?.Dispose();
        }
    }

    /// <summary>Whether the path leads to the file. If it leads to another one, that is opened.</summary>
    private bool IsAtPath(SafeFileHandle file, out SafeFileHandle? other)
    {
        other = null;
        var there = FileIdentity.Of(path);
        if (there.Kind is not (FileKind.Regular or FileKind.Unknown))
        {
            return false;
        }

        if (there.IsSameAs(FileIdentity.Of(file)) == true)
        {
            return true;
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
            return false;
        }

        if (IsSame(found))
        {
            found.Dispose();
            return true;
        }

        other = found;
        return false;

        // A file that is written to just now may differ from itself.
        bool IsSame(SafeFileHandle other) =>
            FileIdentity.Of(other).IsSameAs(FileIdentity.Of(file))
            ?? ((Look(other) == before && reader.Matches(other)) || Look(file) != before);
    }
}
