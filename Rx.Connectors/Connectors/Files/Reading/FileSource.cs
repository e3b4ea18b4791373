using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// Reads a text file line by line. It resumes at the byte where it was left, and with <see cref="FileSourceOptions.Follow"/> goes on
/// with what is appended.
/// </summary>
/// <remarks>
/// <para>The text is UTF-8, or UTF-16 with a byte order mark, or as <see cref="FileSourceOptions.Encoding"/> says; a byte order mark is
/// passed over. Lines end with <c>\n</c> or <c>\r\n</c>, which are no part of them; a lone <c>\r</c> is. NUL characters at the
/// beginning of a line are a hole in the file, and passed over. Memory does not depend on the file's length.</para>
/// <para>It has one partition, <c>{fileSystemId}::{path}</c>, with the path as it was given. A flow over a file that is not there
/// fails before it starts, and names it; one that follows the file waits for it.</para>
/// <para>A file that was renamed by a rotation is recognised by its content, and is read to its end under its new name before the one
/// that has taken its path, while it is followed and in the next run alike.</para>
/// <para>Reading and resuming fail with a <see cref="FileChangedException"/> where the file is not what it was: cut, overwritten,
/// replaced, or, if it is followed, rotated, each as the options say. Each time more is read, and at the end, the first 1 KiB and the
/// last before it are compared with what was read. To append to the file meanwhile is allowed. A line that is too long is an
/// <see cref="InvalidDataException"/>.</para>
/// </remarks>
public sealed class FileSource : FixedPartitionedSource<string, FilePosition>
{
    private readonly string _path;
    private readonly FileSourceOptions _options;
    private readonly string _key;

    /// <summary>Makes the source, with the default options. Nothing is opened yet.</summary>
    /// <param name="path">The file. A relative path is relative to the working directory of the moment it is opened.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public FileSource(string path)
        : this(path, new FileSourceOptions())
    {
    }

    /// <summary>Makes the source. Nothing is opened yet.</summary>
    /// <param name="path">The file. A relative path is relative to the working directory of the moment it is opened.</param>
    /// <param name="batchSize">The most lines in a batch, at least 1.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batchSize"/> is less than 1.</exception>
    public FileSource(string path, int batchSize)
        : this(path, new FileSourceOptions { MaxBatchSize = AtLeastOne(batchSize) })
    {
    }

    /// <summary>Makes the source. Nothing is opened yet.</summary>
    /// <param name="path">The file. A relative path is relative to the working directory of the moment it is opened.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or an option is not valid; the exception names it.</exception>
    public FileSource(string path, FileSourceOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Check(nameof(options));
        _key = FileKeys.Make(options.FileSystemId, path);
    }

    /// <summary>The key of the one partition; nothing if there is no such file, and none is waited for.</summary>
    /// <returns>At most one key.</returns>
    /// <exception cref="IOException">The path is that of a directory, a pipe or a device.</exception>
    public override IReadOnlyList<string> ListPartitions() =>
        OpenFile.IsThere(_path, $"; {nameof(DirSource)} reads the files of one") || _options.Follow is not null ? [_key] : [];

    /// <summary>The key of the one partition, whose file must be there unless it is followed: so a flow over a file that is missing fails
    /// before anything starts.</summary>
    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file; the message names it.</exception>
    /// <exception cref="IOException">The path is that of a directory, a pipe or a device.</exception>
    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) =>
        ListPartitions() is { Count: > 0 } keys ? new(keys) : throw OpenFile.Missing(_path);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    /// <exception cref="FileNotFoundException">The file has vanished since it was listed, and is not followed.</exception>
    /// <exception cref="FileChangedException">The stored position does not fit the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public override StatefulSourcePartition<string, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState) => Build(partition, TextLine.Instance, resumeState);

    internal StatefulSourcePartition<T, FilePosition> Build<T>(
        string partition, LineParser<T> parser, ResumeState<FilePosition> resumeState)
    {
        FileKeys.CheckOnly(_key, partition);
        return FilePartition.Make(new FilePlace(_path), _options, parser, resumeState, _options.Follow?.PollInterval);
    }

    private static int AtLeastOne(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return batchSize;
    }
}
