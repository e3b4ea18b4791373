using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rx.Connectors.Sources;

/// <summary>A generic value that makes its own converter, so that none has to be put together at run time.</summary>
internal interface IHasConverter
{
    JsonConverter MakeConverter();
}

/// <summary>
/// A state within a larger position is an array of one element, or of none: a position that is null is not the same as none.
/// </summary>
internal sealed class ResumeStateJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeof(IHasConverter).IsAssignableFrom(typeToConvert);

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "It is a struct, of which the default value is made.")]
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        ((IHasConverter)RuntimeHelpers.GetUninitializedObject(typeToConvert)).MakeConverter();
}

internal sealed class ResumeStateConverter<TPosition> : JsonConverter<ResumeState<TPosition>>
{
    public override ResumeState<TPosition> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A resume state must be an array of at most one position.");
        }

        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return ResumeState<TPosition>.None;
        }

        var value = JsonSerializer.Deserialize(ref reader, TypeInfo(options));
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray
            ? new ResumeState<TPosition>(value!)
            : throw new JsonException("A resume state must not hold more than one position.");
    }

    public override void Write(Utf8JsonWriter writer, ResumeState<TPosition> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        if (value.TryGetValue(out var position))
        {
            JsonSerializer.Serialize(writer, position, TypeInfo(options));
        }

        writer.WriteEndArray();
    }

    private static JsonTypeInfo<TPosition> TypeInfo(JsonSerializerOptions options) =>
        (JsonTypeInfo<TPosition>)options.GetTypeInfo(typeof(TPosition));
}
