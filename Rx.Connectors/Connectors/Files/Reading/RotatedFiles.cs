using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// The files that had a path before, and were renamed or copied away: by their names, which are the path's with a number or a date, or
/// as the last one is called now; and by the times at which they were written to last, which give their order.
/// </summary>
/// <param name="path">The path.</param>
/// <param name="isForOthers">Whether a name, in the directory of the path, is that of a file that somebody else reads.</param>
internal sealed class RotatedFiles(string path, Func<string, bool>? isForOthers = null)
{
    private const int Tries = 5;

    // Files last written to at the very time of the one that was read last, and read.
    private readonly HashSet<FileIdentity> _readAtThatTime = [];
    private DateTime? _since;

    /// <summary>Notes that a file was read: those that come after it are the next.</summary>
    public void Passed(SafeFileHandle file)
    {
        var written = File.GetLastWriteTimeUtc(file);
        if (_since is null || written > _since)
        {
            _since = written;
            _readAtThatTime.Clear();
        }

        _readAtThatTime.Add(FileIdentity.Of(file));
    }

    /// <summary>Whether <see cref="FindNext"/> has something to find or to fail for.</summary>
    public bool HasNext(SafeFileHandle old, SafeFileHandle? current) => _since is { } since && List(since, PathOf(old), current).Count > 0;

    /// <summary>The file to read before the one that has the path now; null if there is none.</summary>
    /// <param name="old">The file that was read; null if it is the one that has the path.</param>
    /// <param name="current">The file that has the path now; null if none has.</param>
    /// <param name="offset">Up to where the old one was read.</param>
    /// <exception cref="FileChangedException">It was packed, or which is the next cannot be told.</exception>
    /// <exception cref="FileNotFoundException">It is being renamed just now.</exception>
    public SafeFileHandle? FindNext(SafeFileHandle? old, SafeFileHandle? current, long offset)
    {
        if (_since is not { } since)
        {
            return null;
        }

        var missed = List(since, old is null ? null : PathOf(old), current);
        if (missed.Count == 0)
        {
            return null;
        }

        var first = missed[0];
        if (RotatedName.IsPacked(first.Name) || (missed.Count > 1 && missed[1].LastWriteTimeUtc == first.LastWriteTimeUtc))
        {
            throw Gone(missed, offset);
        }

        return Open(first);
    }

    /// <summary>The oldest that is there, not packed; null if there is none.</summary>
    public SafeFileHandle? FindOldest() => List(since: null, null, null)
        .FirstOrDefault(static file => !RotatedName.IsPacked(file.Name)) is { } oldest ? Open(oldest) : null;

    /// <summary>
    /// The file in which a position is. Where it holds less than was read, as a copy that was made before, the mark is its end.
    /// </summary>
    public SafeFileHandle? Find(FilePosition position, out FileMark? mark)
    {
        mark = null;
        if (position.Fingerprint is not { } fingerprint)
        {
            return null;
        }

        foreach (var candidate in List(since: null, null, null).Where(static file => !RotatedName.IsPacked(file.Name)).Reverse())
        {
            var file = OpenFile.ToRead(candidate.FullName);
            mark = RandomAccess.GetLength(file) >= position.Offset ? OpenFile.FindMark(file, path, position, out _)
                : FileMark.HasHeadOf(file, fingerprint) ? FileMark.Read(file, RandomAccess.GetLength(file)) : null;
            if (mark is not null)
            {
                return file;
            }

            file.Dispose();
        }

        return null;
    }

    private static SafeFileHandle Open(Candidate candidate)
    {
        var file = OpenFile.ToRead(candidate.FullName);
        if (FileIdentity.Of(file).IsSameAs(candidate.Identity) == false)
        {
            file.Dispose();
            throw new FileNotFoundException("It was renamed.", candidate.FullName);
        }

        return file;
    }

    /// <summary>The files, the oldest first. The directory is listed until two lists are the same: in one that is made while files are
    /// renamed, one may be missing.</summary>
    private List<Candidate> List(DateTime? since, string? oldPath, SafeFileHandle? current)
    {
        var list = Candidates(since, oldPath, current).ToList();
        for (var i = 0; i < Tries; i++)
        {
            var before = list;
            list = [.. Candidates(since, oldPath, current)];
            if (IsSame(before, list) && (current is null || FileIdentity.Of(path).IsSameAs(FileIdentity.Of(current)) != false))
            {
                return list;
            }
        }

        throw new FileNotFoundException("Files are being renamed.", path);
    }

    private static bool IsSame(List<Candidate> one, List<Candidate> other) =>
        one.Select(static file => (file.FullName, file.Identity)).SequenceEqual(other.Select(static file => (file.FullName, file.Identity)));

    private IEnumerable<Candidate> Candidates(DateTime? since, string? oldPath, SafeFileHandle? current)
    {
        var now = current is null ? FileIdentity.Of(path) : FileIdentity.Of(current);
        if (now.Kind is FileKind.Unknown)
        {
            // Without identities a file that was read already would be taken for another.
            return [];
        }

        var name = Path.GetFileName(path);
        var home = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var shape = oldPath is null || Path.GetFileName(oldPath) == name ? null : RotatedName.Shape(Path.GetFileName(oldPath));
        return
            from directory in new[] { home, Path.GetDirectoryName(oldPath) }.OfType<string>().Distinct()
            from file in FilesOf(directory)
            where file.Name != name || directory != home
            where RotatedName.Shape(file.Name) == shape || RotatedName.IsRotated(file.Name, name)
            where isForOthers is null || directory != home || !isForOthers(file.Name)
            let candidate = Candidate.Of(file)
            where candidate.Length > 0 && candidate.Identity.Kind == FileKind.Regular && candidate.Identity != now
            where since is null || candidate.LastWriteTimeUtc > since
                || (candidate.LastWriteTimeUtc == since && !RotatedName.IsPacked(file.Name) && !_readAtThatTime.Contains(candidate.Identity))
            orderby candidate.LastWriteTimeUtc, candidate.FullName descending
            select candidate;
    }

    private static FileInfo[] FilesOf(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).GetFiles();
        }
        catch (Exception none) when (none is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            // Files may be read of a directory that must not be listed.
            return [];
        }
    }

    /// <summary>Where the file is now; null if nowhere, or if the system does not say.</summary>
    private static string? PathOf(SafeFileHandle file) =>
        new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget is { } target && File.Exists(target) ? target : null;

    private FileChangedException Gone(List<Candidate> missed, long offset) => new(
        path, offset,
        $"{path} was rotated more than once since it was read up to offset {offset}, and what came between was not read: " +
        $"{string.Join(", ", missed.Select(static file => file.Name))}. Read {(missed.Count == 1 ? "it" : "them")} by a source of " +
        $"{(missed.Count == 1 ? "its" : "their")} own; {nameof(FileSourceOptions)}.{nameof(FileSourceOptions.OnOtherFile)} = " +
        $"{nameof(FileMismatchBehavior.StartOver)} then goes on with what is there.");

    private readonly record struct Candidate(string FullName, DateTime LastWriteTimeUtc, long Length, FileIdentity Identity)
    {
        public string Name => Path.GetFileName(FullName);

        public static Candidate Of(FileInfo file)
        {
            var identity = FileIdentity.Of(file.FullName);
            return file.Exists ? new Candidate(file.FullName, file.LastWriteTimeUtc, file.Length, identity) : default;
        }
    }
}
