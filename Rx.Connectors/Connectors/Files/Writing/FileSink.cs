using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Writes each item as a line of a file. Resumed from a stored position, it cuts the file there and writes on (rule K7).</summary>
/// <remarks>
/// <para>The text is UTF-8 without a byte order mark. An item is written as it is: one that contains a newline becomes two lines.</para>
/// <para>A batch is written when the operating system has it (rule K1); it is flushed to the disk once per epoch, before the epoch is
/// committed. So what a committed position covers survives a crash of the machine. Where another program has meanwhile cut, overwritten,
/// deleted, moved or replaced the file, the flush fails with a <see cref="FileChangedException"/>, and the epoch is not committed.</para>
/// <para>It has one partition, <c>{fileSystemId}::{path}</c>, with the path as it was given. A failed write is a
/// <see cref="SinkWriteException"/>: nothing of its batch counts as written, and the position does not move.</para>
/// </remarks>
public sealed class FileSink : FixedPartitionedSink<string, FilePosition>
{
    private readonly string _path;
    private readonly FileSinkOptions _options;
    private readonly string _key;

    /// <summary>Makes the sink. Nothing is opened yet.</summary>
    /// <param name="path">The file. Its directory must exist when it is first written to.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or an option is not valid; the exception names it.</exception>
    public FileSink(string path, FileSinkOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _options = (options ?? new FileSinkOptions()).Check(nameof(options));
        _key = FileKeys.Make(_options.FileSystemId, path);
    }

    /// <summary>The key of the one partition.</summary>
    /// <returns>One key.</returns>
    public override IReadOnlyList<string> ListPartitions() => [_key];

    /// <summary>Opens the file and makes it ready: new, emptied, or cut to the stored position.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    /// <exception cref="FileChangedException">The file is shorter than the stored position, not the same, or gone. It was not
    /// touched.</exception>
    /// <exception cref="IOException">The file exists, no position is stored and <see cref="FileSinkOptions.Overwrite"/> is off; or it
    /// is being written to already; or it cannot be written. It was not touched.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its directory must not be written to.</exception>
    public override StatefulSinkPartition<string, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState)
    {
        FileKeys.CheckOnly(_key, partition);
        return _options.Open(_path, resumeState);
    }
}
