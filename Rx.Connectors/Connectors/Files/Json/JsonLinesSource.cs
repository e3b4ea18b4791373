using System.Text.Json.Serialization.Metadata;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// Reads a file of JSON Lines: a JSON value in each line, and an item made of each. Everything else is as with a
/// <see cref="FileSource"/>, also the exact byte at which it resumes.
/// </summary>
/// <typeparam name="T">What an item is.</typeparam>
/// <remarks>A line of which no item can be made is an <see cref="InvalidDataException"/> that names the file and the offset of the line,
/// after the items before it (rule S3); so is an empty line, and one that holds nothing but <c>null</c>.</remarks>
public sealed class JsonLinesSource<T> : FixedPartitionedSource<T, FilePosition>
{
    private readonly FileSource _lines;
    private readonly JsonLine<T> _parser;

    /// <summary>Makes the source. Nothing is opened yet.</summary>
    /// <param name="path">The file. A relative path is relative to the working directory of the moment it is opened.</param>
    /// <param name="type">How an item is read, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="options">How to read the file; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or an option is not valid; the exception names it.</exception>
    public JsonLinesSource(string path, JsonTypeInfo<T> type, FileSourceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        _lines = new FileSource(path, options ?? new FileSourceOptions());
        _parser = new JsonLine<T>(type);
    }

    /// <inheritdoc cref="FileSource.ListPartitions"/>
    public override IReadOnlyList<string> ListPartitions() => _lines.ListPartitions();

    /// <inheritdoc cref="FileSource.ListPartitionsAsync"/>
    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) =>
        _lines.ListPartitionsAsync(workerIndex, workerCount, cancellationToken);

    /// <inheritdoc cref="FileSource.BuildPartition"/>
    public override StatefulSourcePartition<T, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState) => _lines.Build(partition, _parser, resumeState);
}
