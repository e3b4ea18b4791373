using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// Finds files that had a path and were rotated away before anybody looked: those that were written after the old file, and are
/// named as it is now, or as the path, but for a number or a date.
/// </summary>
internal sealed class MissedRotations(string path)
{
    private static readonly string[] _packed = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".Z"];

    // A file that was taken for missed and read is not missed again, while there are more.
    private readonly HashSet<FileIdentity> _read = [];

    /// <summary>The file to read next; null if none was missed.</summary>
    /// <exception cref="FileChangedException">It was packed, or which is the next cannot be told.</exception>
    public SafeFileHandle? Find(SafeFileHandle old, SafeFileHandle current, LineReader reader)
    {
        var identity = FileIdentity.Of(old);
        if (identity.Kind != FileKind.Regular)
        {
            // Without identities a file that was read already would be taken for another.
            return null;
        }

        _read.Add(identity);
        var missed = Candidates(File.GetLastWriteTimeUtc(old), PathOf(old), FileIdentity.Of(current)).ToList();
        if (missed.Count == 0)
        {
            _read.Clear();
            return null;
        }

        var first = missed[0];
        return IsPacked(first.Name) || (missed.Count > 1 && missed[1].LastWriteTimeUtc == first.LastWriteTimeUtc)
            ? throw Gone(missed, reader.Offset)
            : OpenFile.ToRead(first.FullName);
    }

    private List<FileInfo> Candidates(DateTime since, string? oldPath, FileIdentity current)
    {
        var name = Path.GetFileName(path);
        var shape = oldPath is null || Path.GetFileName(oldPath) == name ? null : Shape(Path.GetFileName(oldPath));
        var directories = new[] { Path.GetDirectoryName(oldPath), Path.GetDirectoryName(Path.GetFullPath(path)) };
        return
        [
            .. directories.OfType<string>().Distinct().SelectMany(FilesOf)
                .Where(file => (Shape(file.Name) == shape || IsRotated(file.Name, name)) && file.Exists)
                .Where(file => IsPacked(file.Name) ? file.LastWriteTimeUtc > since : file.LastWriteTimeUtc >= since)
                .Where(file => file.Length > 0 && FileIdentity.Of(file.FullName) is { Kind: FileKind.Regular } found
                    && found != current && !_read.Contains(found))
                .OrderBy(static file => file.LastWriteTimeUtc),
        ];
    }

    private static FileInfo[] FilesOf(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).GetFiles();
        }
        catch (UnauthorizedAccessException)
        {
            // Files may be read of a directory that must not be listed.
            return [];
        }
    }

    /// <summary>Where the file is now; null if nowhere, or if the system does not say.</summary>
    private static string? PathOf(SafeFileHandle file) =>
        new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget is { } target && File.Exists(target) ? target : null;

    // A copy that was packed has the time of the file that it was made of.
    private static bool IsPacked(string name) => _packed.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    private static string Unpacked(string name) => IsPacked(name) ? Path.GetFileNameWithoutExtension(name) : name;

    private static string Shape(string name) => string.Concat(Unpacked(name).Where(static letter => !char.IsAsciiDigit(letter)));

    /// <summary>Whether a name is that of the path with a number or a date, at its end or before its extension.</summary>
    private static bool IsRotated(string candidate, string name)
    {
        candidate = Unpacked(candidate);
        var (stem, extension) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        return IsNumber(candidate, name, "") || IsNumber(candidate, stem, extension);
    }

    private static bool IsNumber(string candidate, string before, string after)
    {
        if (candidate.Length <= before.Length + after.Length || !candidate.StartsWith(before, StringComparison.Ordinal)
            || !candidate.EndsWith(after, StringComparison.Ordinal))
        {
            return false;
        }

        var between = candidate[before.Length..^after.Length];
        return between == ".old" ||
            (between.Any(char.IsAsciiDigit) && between.All(static letter => char.IsAsciiDigit(letter) || letter is '.' or '-' or '_' or 'T'));
    }

    private FileChangedException Gone(List<FileInfo> missed, long offset) => new(
        path, offset,
        $"{path} was rotated more than once since it was read up to offset {offset}, and what came between was not read: " +
        $"{string.Join(", ", missed.Select(static file => file.Name))}. Read {(missed.Count == 1 ? "it" : "them")} by a source of " +
        $"{(missed.Count == 1 ? "its" : "their")} own; {nameof(FileSourceOptions)}.{nameof(FileSourceOptions.OnOtherFile)} = " +
        $"{nameof(FileMismatchBehavior.StartOver)} then goes on with what is there.");
}
