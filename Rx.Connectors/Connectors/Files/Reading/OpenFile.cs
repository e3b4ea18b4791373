using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>Opens files to read.</summary>
internal static class OpenFile
{
    /// <summary>Opens a file such that others may go on writing, renaming and deleting it.</summary>
    public static SafeFileHandle ToRead(string path)
    {
        var file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        try
        {
            // Refuses what has no length: a pipe, a terminal.
            _ = RandomAccess.GetLength(file);
            return file;
        }
        catch (NotSupportedException pipe)
        {
            file.Dispose();
            throw new IOException($"{path} is not a regular file, and so has no positions.", pipe);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Goes to a stored position, or says why it does not fit the file.</summary>
    public static FileMark? FindMark(SafeFileHandle file, string path, FilePosition position, out string? problem)
    {
        problem = null;
        var length = RandomAccess.GetLength(file);
        if (position.Offset < 0)
        {
            problem = $"The stored position {position.Offset} in {path} is negative.";
        }
        else if (length < position.Offset)
        {
            problem = $"{path} has {length} bytes, and the stored position is {position.Offset}: it was cut or replaced.";
        }
        else
        {
            var mark = FileMark.Read(file, position.Offset);
            if (mark.Offset == position.Offset && (position.Fingerprint is null || position.Fingerprint == mark.Position.Fingerprint))
            {
                return mark;
            }

            problem = $"{path} is not the file in which the position {position.Offset} was stored: what lies before it differs.";
        }

        return null;
    }
}
