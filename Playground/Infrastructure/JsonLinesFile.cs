using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>A file with one JSON object a line. One write at a time.</summary>
internal sealed class JsonLinesFile<T> : IAsyncDisposable
{
    // The lines are read by people and never stand in a web page, which is what the stricter default is for.
    private static readonly JsonWriterOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly JsonTypeInfo<T> _type;
    private readonly FileStream _file;

    private JsonLinesFile(FileStream file, JsonTypeInfo<T> type)
    {
        _file = file;
        _type = type;
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.Name;

    /// <summary>Makes the file, empty.</summary>
    /// <exception cref="BadOptionException">It cannot be written.</exception>
    public static JsonLinesFile<T> Create(string? path, string defaultName, JsonTypeInfo<T> type)
    {
        try
        {
            path ??= System.IO.Path.Combine(Directory.CreateTempSubdirectory("rx-connectors-").FullName, defaultName);
            // No buffer of its own: when a write has ended, the operating system has the lines, and a crash of this process
            // cannot lose them. Shared with nobody: two runs must not write into each other's lines.
            return new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true), type);
        }
        catch (ArgumentException)
        {
            throw new BadOptionException("--out must be the path of a file.");
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new BadOptionException($"--out cannot be written: {unusable.Message}");
        }
    }

    /// <summary>Appends the items, all of them in one write.</summary>
    public async Task AppendAsync(IReadOnlyList<T> items, CancellationToken cancellationToken)
    {
        _lines.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_lines, _readable);
        foreach (var item in items)
        {
            JsonSerializer.Serialize(json, item, _type);
            json.Flush();
            _lines.Write("\n"u8);
            json.Reset();
        }

        await _file.WriteAsync(_lines.WrittenMemory, cancellationToken);
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
