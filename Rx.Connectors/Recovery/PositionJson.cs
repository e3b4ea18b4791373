using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rx.Connectors.Recovery;

/// <summary>Writes positions as JSON and reads them back.</summary>
internal sealed class PositionJson
{
    private readonly JsonSerializerOptions _options;

    public PositionJson(JsonSerializerOptions? options)
    {
        // Fields too, so that tuples can be positions.
        _options = options is null ? new JsonSerializerOptions { IncludeFields = true } : new JsonSerializerOptions(options);
        _options.WriteIndented = false;
        // A stored text that belongs to a type of other members must not be read as a beginning.
        _options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        _options.RespectRequiredConstructorParameters = true;
        _options.Converters.Add(new StrictText());
        _options.TypeInfoResolver = JsonTypeInfoResolver.Combine(
            [.. new[] { options?.TypeInfoResolver, SimplePositions.Default, Reflection() }.OfType<IJsonTypeInfoResolver>()]);
        _options.MakeReadOnly();
    }

    /// <summary>For what is more than a position.</summary>
    public JsonSerializerOptions Options => _options;

    /// <summary>Why positions of this type cannot be written; null if they can.</summary>
    public string? FindFault<TPosition>()
    {
        try
        {
            return TypeInfo<TPosition>() is { Kind: JsonTypeInfoKind.Object, Properties.Count: 0 }
                && Nullable.GetUnderlyingType(typeof(TPosition)) is null
                ? $"positions of type {TypeName.Of(typeof(TPosition))} cannot be serialised: it has no public members" : null;
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return $"positions of type {TypeName.Of(typeof(TPosition))} cannot be serialised; give RecoveryOptions.Serializer a " +
                $"TypeInfoResolver that knows the type ({error.Message})";
        }
    }

    public string Write<TPosition>(TPosition position) => JsonSerializer.Serialize(position, TypeInfo<TPosition>());

    /// <summary>Writes a position and sees that it can be read back: a type whose members cannot be set would begin anew.</summary>
    /// <exception cref="NotSupportedException">It cannot.</exception>
    public string WriteChecked<TPosition>(TPosition position)
    {
        var text = Write(position);
        return Write(Read<TPosition>(text)) == text
            ? text
            : throw new NotSupportedException(
                $"A position of type {TypeName.Of(typeof(TPosition))} does not come back from the JSON it is stored as, {text}. " +
                "Its members must be public and settable, or parameters of its constructor.");
    }

    /// <exception cref="JsonException">The text is no such position.</exception>
    public TPosition Read<TPosition>(string text) => JsonSerializer.Deserialize(text, TypeInfo<TPosition>())!;

    // JSON is UTF-8: half a surrogate pair would silently become another character, and the position another position.
    private sealed class StrictText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Checked(value));

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WritePropertyName(Checked(value));

        private static string Checked(string value) => StoredName.IsUnicode(value)
            ? value
            : throw new NotSupportedException(
                $"A position holds the text '{StoredName.Show(value)}' with half a surrogate pair, which does not come back from JSON. " +
                "Encode it, as in hexadecimal digits or Base64.");
    }

    private JsonTypeInfo<TPosition> TypeInfo<TPosition>() => (JsonTypeInfo<TPosition>)_options.GetTypeInfo(typeof(TPosition));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only where the application has reflection switched on.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only where the application has reflection switched on.")]
    private static DefaultJsonTypeInfoResolver? Reflection() =>
        JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : null;
}

/// <summary>The positions that most clients have, which need neither reflection nor a context of the user's.</summary>
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(uint))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(DateTime))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(byte[]))]
internal sealed partial class SimplePositions : JsonSerializerContext;
