using System.Globalization;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Spreads items over the files of a directory by their keys, and writes each file as a <see cref="FileSink"/> does.</summary>
/// <remarks>
/// A file is a partition, <c>{fileSystemId}::{file name}</c>, and is made at the first item that is written to it. The trap: with
/// another number of files, or other names, keys go to other files.
/// </remarks>
public sealed class DirSink : FixedPartitionedSink<string, FilePosition>
{
    private readonly string _directory;
    private readonly FileSinkOptions _options;
    private readonly string[] _names;
    private readonly Func<string, uint>? _assignment;

    /// <summary>Makes the sink. Nothing is opened yet.</summary>
    /// <param name="directory">The directory. It must exist when it is first written to.</param>
    /// <param name="fileCount">How many files there are, at least 1.</param>
    /// <param name="options">How to write them; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fileCount"/> is less than 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty or a file, an option is not valid, or the naming gives
    /// something that is no file name, or one twice; the exception names it.</exception>
    public DirSink(string directory, int fileCount, DirSinkOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(fileCount, 1);
        if (File.Exists(directory))
        {
            throw new ArgumentException($"{directory} is a file; {nameof(FileSink)} writes one.", nameof(directory));
        }

        _directory = directory;
        _options = (options?.Files ?? new FileSinkOptions()).Check("options.Files");
        _names = Names(fileCount, options?.Naming ?? (static i => string.Create(CultureInfo.InvariantCulture, $"part_{i}")));
        _assignment = options?.Assignment;
    }

    /// <summary>A key for each file.</summary>
    /// <returns>The keys, in the order of the numbers.</returns>
    public override IReadOnlyList<string> ListPartitions() =>
        [.. _names.Select(name => FileKeys.Make(_options.FileSystemId, name))];

    /// <inheritdoc/>
    public override uint HashKey(string key) => _assignment?.Invoke(key) ?? base.HashKey(key);

    /// <summary>Opens the file and makes it ready: new, emptied, or cut to the stored position.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is not a key of this sink.</exception>
    /// <exception cref="FileChangedException">The file is shorter than the stored position, not the same, or gone. It was not
    /// touched.</exception>
    /// <exception cref="IOException">The file exists, no position is stored and <see cref="FileSinkOptions.Overwrite"/> is off; or it
    /// is being written to already; or it cannot be written. It was not touched.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or the directory must not be written to.</exception>
    public override StatefulSinkPartition<string, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState)
    {
        var name = FileKeys.NameOf(_options.FileSystemId, partition);
        return _names.Contains(name, StringComparer.Ordinal)
            ? _options.Open(Path.Combine(_directory, name), resumeState)
            : throw new ArgumentException($"There is no partition \"{partition}\" among the {_names.Length} files.", nameof(partition));
    }

    private static string[] Names(int fileCount, Func<int, string> naming)
    {
        var names = new string[fileCount];

        // Names that differ in case alone are one file on some systems.
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < fileCount; i++)
        {
            names[i] = naming(i);
            if (names[i] is null || !FileKeys.IsName(names[i]))
            {
                throw Refused(nameof(DirSinkOptions.Naming), "a file name without a directory", $"for {i} it gave \"{names[i]}\"");
            }

            if (!seen.Add(names[i]))
            {
                throw Refused(nameof(DirSinkOptions.Naming), "each file another name", $"it gave \"{names[i]}\" twice");
            }
        }

        return names;
    }

    private static ArgumentException Refused(string option, string allowed, string given) => new(
        $"{nameof(DirSinkOptions)}.{option} must give {allowed}; {given}.", $"options.{option}");
}
