using Rx.Connectors.Files;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Csv;

/// <summary>
/// The rows of a CSV file, each by the names of the header. It resumes at the exact byte, also where a quoted field spans lines.
/// </summary>
/// <remarks>
/// <para>It has one partition, <c>{fileSystemId}::{path}</c>, with the path as it was given. A flow over a file that is not there fails
/// before it starts, and names it. The position is the offset of the byte after the last row handed out, with a fingerprint of what lies
/// before it. After a restart the header is read again.</para>
/// <para>A row that cannot be read is a <see cref="CsvFileException"/>, after the rows before it (rule S3). Where the file is not what
/// it was, cut, replaced or rotated, reading and resuming fail with a <see cref="FileChangedException"/>.</para>
/// <para>The file must not change while it is read or between runs, except that whole rows may be added at its end; what is added
/// after the end was reached is read by the next run. Each time more is read, and at the end, the first 1 KiB and the last before it
/// are compared with what was read.</para>
/// </remarks>
public sealed class CsvSource : FixedPartitionedSource<IReadOnlyDictionary<string, string>, FilePosition>
{
    private readonly string _key;
    private readonly string _path;
    private readonly CsvSourceOptions _options;

    /// <summary>Makes the source. Nothing is opened yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or
    /// <see cref="CsvSourceOptions.FileSystemId"/> is or contains <c>::</c>.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> or <see cref="CsvSourceOptions.FileSystemId"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public CsvSource(string path, CsvSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _options = (options ?? new CsvSourceOptions()).Check(nameof(options));
        _key = FileKeys.Make(_options.FileSystemId, path);
    }

    /// <summary>The key of the file, if it is there.</summary>
    /// <returns>One key, or none.</returns>
    /// <exception cref="IOException">The path is that of a directory, a pipe or a device.</exception>
    public override IReadOnlyList<string> ListPartitions() => OpenFile.IsThere(_path, " and not a file") ? [_key] : [];

    /// <summary>The key of the file, which must be there: so a flow over a file that is missing fails before anything starts.</summary>
    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file; the message names it.</exception>
    /// <exception cref="IOException">The path is that of a directory, a pipe or a device.</exception>
    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) =>
        ListPartitions() is { Count: > 0 } keys ? new(keys) : throw OpenFile.Missing(_path);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    /// <exception cref="FileNotFoundException">The file has vanished since it was listed.</exception>
    /// <exception cref="FileChangedException">The stored position does not fit the file. Nothing was read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public override StatefulSourcePartition<IReadOnlyDictionary<string, string>, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState)
    {
        FileKeys.CheckOnly(_key, partition);
        return new CsvPartition(_path, _options, resumeState);
    }
}
