using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Reads the files of a directory, each as a <see cref="FileSource"/> does and with a position of its own.</summary>
/// <remarks>
/// <para>A file is a partition, <c>{fileSystemId}::{file name}</c>: the directory may be found under another path in the next run.
/// Subdirectories are not entered.</para>
/// <para>With <see cref="FileSourceOptions.Follow"/> files of one name that were rotated, as <c>app.log.2</c>, <c>app.log.1</c> and
/// <c>app.log</c>, are one partition, that of the name without number or date. They are read one after the other, the oldest first, and
/// none again after it was renamed. Those that are packed are not read. Otherwise, and with other names, the trap is that a file that is
/// renamed is a new one, and is read from its beginning.</para>
/// <para>All files are read at the same time, in turns. Each keeps a handle open and up to 128 KiB of memory.</para>
/// </remarks>
public sealed class DirSource : FixedPartitionedSource<string, FilePosition>
{
    // No file is left out because of an attribute, and ? and * mean the same everywhere.
    private static readonly EnumerationOptions _all = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    };

    private readonly string _directory;
    private readonly string _pattern;
    private readonly FileSourceOptions _options;
    private readonly TimeSpan? _watchInterval;
    private readonly FileFamilies _families;

    /// <summary>Makes the source. Nothing is opened yet.</summary>
    /// <param name="directory">The directory. It need not exist yet, but when the flow starts.</param>
    /// <param name="pattern">Which files: a name in which <c>*</c> stands for any characters and <c>?</c> for one.</param>
    /// <param name="options">How to read them; null for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> or <paramref name="pattern"/> is empty, the directory is a
    /// file, the pattern names a directory, or an option is not valid; the exception names it.</exception>
    public DirSource(string directory, string pattern = "*", DirSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (Path.GetFileName(pattern) != pattern)
        {
            throw new ArgumentException("A pattern must be that of a file's name, without a directory.", nameof(pattern));
        }

        if (File.Exists(directory))
        {
            throw new ArgumentException($"{directory} is a file; {nameof(FileSource)} reads one.", nameof(directory));
        }

        _directory = directory;
        _pattern = pattern;
        options = (options ?? new DirSourceOptions()).Check(nameof(options));
        _options = options.Files ?? new FileSourceOptions();
        _watchInterval = options.WatchInterval;
        _families = new FileFamilies(directory, pattern, areJoined: _options.Follow is not null);
    }

    /// <summary>A key for each file that is there now, sorted by name. What is no regular file is passed over: a link that leads
    /// nowhere or to itself, a pipe, a socket, a device.</summary>
    /// <returns>The keys.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">It is a file, or cannot be read.</exception>
    public override IReadOnlyList<string> ListPartitions()
    {
        if (!Directory.Exists(_directory))
        {
            throw File.Exists(_directory)
                ? new IOException($"{_directory} is a file and not a directory.")
                : new DirectoryNotFoundException($"There is no directory {_directory}.");
        }

        return
        [
            .. Directory.EnumerateFiles(_directory, _pattern, _all)
                .Where(static path => FileIdentity.Of(path).Kind is FileKind.Regular or FileKind.Unknown)
                .Select(path => _families.Head(Path.GetFileName(path)))
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(name => FileKeys.Make(_options.FileSystemId, name)),
        ];
    }

    /// <summary>As <see cref="ListPartitions"/>. Unless the directory is watched there must be a file: so a flow over a directory that
    /// is empty, or a pattern that nothing matches, fails before anything starts.</summary>
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">It has no such file; the message names the directory and the pattern.</exception>
    /// <exception cref="IOException">It is a file, or cannot be read.</exception>
    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken)
    {
        var keys = ListPartitions();
        return keys.Count > 0 || _watchInterval is not null ? new(keys) : throw new FileNotFoundException(
            $"No file in {_directory} matches \"{_pattern}\". To wait for one, set " +
            $"{nameof(DirSourceOptions)}.{nameof(DirSourceOptions.WatchInterval)}.");
    }

    /// <summary>Signals at each <see cref="DirSourceOptions.WatchInterval"/>, if there is one.</summary>
    /// <inheritdoc/>
    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) =>
        _watchInterval is { } interval ? Observable.Interval(interval, scheduler).Select(static _ => Unit.Default) : null;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is not a key of this source.</exception>
    /// <exception cref="FileNotFoundException">The file has vanished since it was listed, and the directory is not watched.</exception>
    /// <exception cref="FileChangedException">The stored position does not fit the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public override StatefulSourcePartition<string, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState)
    {
        var name = FileKeys.NameOf(_options.FileSystemId, partition);
        return FilePartition.Make(
            _families.PlaceOf(name), _options, TextLine.Instance, resumeState, _watchInterval ?? _options.Follow?.PollInterval);
    }
}
