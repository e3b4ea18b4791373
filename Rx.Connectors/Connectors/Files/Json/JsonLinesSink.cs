using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// Writes each item as a line of JSON. Everything else is as with a <see cref="FileSink"/>: resumed from a stored position, it cuts the
/// file there and writes on (rule K7).
/// </summary>
/// <typeparam name="T">What an item is.</typeparam>
/// <remarks>An item that cannot be written as JSON is a <see cref="SinkWriteException"/>, and nothing of its batch is written.</remarks>
public sealed class JsonLinesSink<T> : FixedPartitionedSink<T, FilePosition>
{
    private readonly FileSink _lines;
    private readonly JsonTypeInfo<T> _type;

    /// <summary>Makes the sink. Nothing is opened yet.</summary>
    /// <param name="path">The file. Its directory must exist when it is first written to.</param>
    /// <param name="type">How an item is written, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> that does not
    /// write indented: an item has one line.</param>
    /// <param name="options">How to write the file; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, <paramref name="type"/> writes indented, or an option is not
    /// valid; the exception names it.</exception>
    public JsonLinesSink(string path, JsonTypeInfo<T> type, FileSinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type.Options.WriteIndented)
        {
            throw new ArgumentException(
                $"{nameof(JsonSerializerOptions.WriteIndented)} must be off: an item has one line.", nameof(type));
        }

        _lines = new FileSink(path, options);
        _type = type;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ListPartitions() => _lines.ListPartitions();

    /// <inheritdoc cref="FileSink.BuildPartition"/>
    public override StatefulSinkPartition<T, FilePosition> BuildPartition(
        string stepId, string partition, ResumeState<FilePosition> resumeState) =>
        new JsonLinesSinkPartition<T>(_lines.BuildPartition(stepId, partition, resumeState), _type);
}
