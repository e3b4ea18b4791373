using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>Opens files to read.</summary>
internal static class OpenFile
{
    /// <summary>Whether there is a file to read. It may be one that must not be read.</summary>
    /// <exception cref="IOException">There is something else.</exception>
    public static bool IsThere(string path, string otherwise)
    {
        var kind = FileIdentity.Of(path).Kind;
        return kind switch
        {
            FileKind.Directory => throw new IOException($"{path} is a directory{otherwise}."),
            FileKind.Special => throw NotRegular(path, null),
            _ => kind != FileKind.Missing && File.Exists(path),
        };
    }

    /// <summary>What is said where there is no file.</summary>
    public static FileNotFoundException Missing(string path)
    {
        var full = Path.GetFullPath(path);
        var link = File.Exists(path) ? new FileInfo(path).LinkTarget : null;
        return new FileNotFoundException(
            $"There is no file {path}{(full == path ? "" : $", which is {full}")}" +
            $"{(link is null ? "" : $": it is a link to {link}, and that is not there")}.",
            path);
    }

    /// <summary>Opens a file such that others may go on writing, renaming and deleting it.</summary>
    public static SafeFileHandle ToRead(string path)
    {
        // A pipe would be waited for until somebody writes to it.
        if (FileIdentity.Of(path).Kind == FileKind.Special)
        {
            throw NotRegular(path, null);
        }

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
            throw NotRegular(path, pipe);
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
            if (mark.Offset == position.Offset && (position.Fingerprint is null || position.Offset == 0 || mark.HasFingerprint(position.Fingerprint)))
            {
                return mark;
            }

            problem = $"{path} is not the file in which the position {position.Offset} was stored: what lies before it differs.";
        }

        return null;
    }

    /// <summary>What is said of a file that was changed under whoever reads it.</summary>
    public static FileChangedException Changed(SafeFileHandle file, string path, long offset, long readTo)
    {
        var length = RandomAccess.GetLength(file);
        return new FileChangedException(
            path, offset,
            length < readTo
                ? $"{path} was read up to offset {readTo} and has {length} bytes now: it was cut."
                : $"{path} was read up to offset {readTo} and what lies before it differs now: it was cut and written anew.");
    }

    /// <summary>What is said of a last line that was handed out without its newline, and was none.</summary>
    public static FileChangedException LineWentOn(string path, long offset) => new(
        path, offset, $"The line before offset {offset} of {path} was the last and had no newline when it was read; it has gone on since.");

    private static IOException NotRegular(string path, Exception? inner) =>
        new($"{path} is not a regular file, and so has no positions.", inner);
}
