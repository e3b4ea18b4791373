using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// Reads a text file line by line. It resumes at the byte where it was left, and with <see cref="FileSourceOptions.Follow"/> goes on
/// with what is appended.
/// </summary>
/// <remarks>
/// <para>The text is UTF-8; what is not valid becomes replacement characters, and a byte order mark is passed over. Lines end with
/// <c>\n</c> or <c>\r\n</c>, which are no part of them; a lone <c>\r</c> is. Memory does not depend on the file's length.</para>
/// <para>It has one partition, <c>{fileSystemId}::{path}</c>, with the path as it was given; none where there is no file.</para>
/// <para>Reading and resuming fail with a <see cref="FileChangedException"/> where the file is not what it was: cut, replaced, or, if it
/// is followed, rotated, each as the options say. A line that is too long is an <see cref="InvalidDataException"/>.</para>
/// </remarks>
public sealed class FileSource : FixedPartitionedSource<string, FilePosition>
{
    private readonly string _path;
    private readonly FileSourceSettings _settings;
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
        : this(path, new FileSourceOptions { BatchSize = AtLeastOne(batchSize) })
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
        _settings = FileSourceSettings.Check(options, nameof(options));
        _key = FileKeys.Make(_settings.FileSystemId, path);
    }

    /// <summary>The key of the one partition; nothing if there is no such file.</summary>
    /// <returns>At most one key.</returns>
    /// <exception cref="IOException">The path is that of a directory.</exception>
    public override IReadOnlyList<string> ListPartitions()
    {
        if (Directory.Exists(_path))
        {
            throw new IOException($"{_path} is a directory; {nameof(DirSource)} reads the files of one.");
        }

        return File.Exists(_path) ? [_key] : [];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    /// <exception cref="FileNotFoundException">The file has vanished since it was listed.</exception>
    /// <exception cref="FileChangedException">The stored position does not fit the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public override StatefulSourcePartition<string, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState)
    {
        FileKeys.CheckOnly(_key, partition);
        return new FileSourcePartition(_path, _settings, resumeState);
    }

    private static int AtLeastOne(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return batchSize;
    }
}
