using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.Connectors.Files;

/// <summary>An item from a line of JSON.</summary>
internal sealed class JsonLine<T>(JsonTypeInfo<T> type) : LineParser<T>
{
    public override T Parse(ReadOnlySpan<byte> line, LineFormat format, bool isAscii)
    {
        var item = isAscii || format.IsUtf8
            ? JsonSerializer.Deserialize(line, type)
            : JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(format.Decode(line)), type);
        return item is null && default(T) is null ? throw new JsonException("The line is null, and an item must not be.") : item!;
    }
}
