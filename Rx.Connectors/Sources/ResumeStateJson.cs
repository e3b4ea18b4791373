using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rx.Connectors.Sources;

/// <summary>A generic value that makes its own converter, so that none has to be put together at run time.</summary>
internal interface IHasConverter
{
    JsonConverter MakeConverter();
}

internal sealed class ResumeStateJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeof(IHasConverter).IsAssignableFrom(typeToConvert);

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "It is a struct, of which the default value is made.")]
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        ((IHasConverter)RuntimeHelpers.GetUninitializedObject(typeToConvert)).MakeConverter();
}

/// <summary>
/// A state is the plain position, as <c>42</c>. Where that does not say it all it is an object that begins with <c>$resume</c>: of no
/// position, of one behind a query that holds more, and of one that looks like such an object itself.
/// </summary>
internal sealed class ResumeStateConverter<TPosition> : JsonConverter<ResumeState<TPosition>>
{
    private static ReadOnlySpan<byte> Resume => "$resume"u8;

    /// <summary>The text of a state, which needs no type information of the state itself.</summary>
    public static string ToText(ResumeState<TPosition> state, JsonSerializerOptions options)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = options.Encoder }))
        {
            WriteState(writer, state, options);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <exception cref="JsonException">The text is no such state.</exception>
    public static ResumeState<TPosition> FromText(string text, JsonSerializerOptions options)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        reader.Read();
        if (!IsMore(reader))
        {
            return JsonSerializer.Deserialize(text, TypeInfo(options))!;
        }

        var state = ReadMore(ref reader, options);
        return reader.Read() ? throw new JsonException("There is more behind a resume state.") : state;
    }

    public override ResumeState<TPosition> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IsMore(reader) ? ReadMore(ref reader, options) : JsonSerializer.Deserialize(ref reader, TypeInfo(options))!;

    public override void Write(Utf8JsonWriter writer, ResumeState<TPosition> value, JsonSerializerOptions options) =>
        WriteState(writer, value, options);

    private static void WriteState(Utf8JsonWriter writer, ResumeState<TPosition> state, JsonSerializerOptions options)
    {
        var position = state.TryGetValue(out var value) ? JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo(options)) : null;
        if (position is not null && state.Rest is null && !IsMore(position))
        {
            writer.WriteRawValue(position, skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartArray(Resume);
        if (position is not null)
        {
            writer.WriteRawValue(position, skipInputValidation: true);
        }

        writer.WriteEndArray();
        if (state.Rest is { } rest)
        {
            WriteRest(writer, rest, options);
        }

        writer.WriteEndObject();
    }

    private static void WriteRest(Utf8JsonWriter writer, QueryRest rest, JsonSerializerOptions options)
    {
        if (rest.Input > 0)
        {
            writer.WriteNumber("input", rest.Input);
            writer.WriteNumber("parts", rest.Parts);
        }

        if (rest.Memory.Count > 0)
        {
            writer.WriteStartArray("memory");
            foreach (var memory in rest.Memory)
            {
                memory.Write(writer, options);
            }

            writer.WriteEndArray();
        }
    }

    private static bool IsMore(byte[] position)
    {
        var reader = new Utf8JsonReader(position);
        reader.Read();
        return IsMore(reader);
    }

    // A copy of the reader, which looks ahead.
    private static bool IsMore(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartObject && reader.Read() &&
        reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(Resume);

    private static ResumeState<TPosition> ReadMore(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        reader.Read();
        reader.Read();
        var state = ReadPosition(ref reader, options);
        var (input, parts) = (0L, 0);
        List<ScanMemory> memory = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "input": input = reader.GetInt64(); break;
                case "parts": parts = reader.GetInt32(); break;
                case "memory": memory = ReadMemory(ref reader, options); break;
                default: throw new JsonException($"A resume state has no '{name}'.");
            }
        }

        return new ResumeState<TPosition>(state, input == 0 && memory.Count == 0 ? null : new QueryRest(input, parts, memory));
    }

    private static ResumeState<TPosition> ReadPosition(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        Expect(reader, JsonTokenType.StartArray);
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return ResumeState<TPosition>.None;
        }

        var value = JsonSerializer.Deserialize(ref reader, TypeInfo(options));
        reader.Read();
        Expect(reader, JsonTokenType.EndArray);
        return new ResumeState<TPosition>(value!);
    }

    private static List<ScanMemory> ReadMemory(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        Expect(reader, JsonTokenType.StartArray);
        var memory = new List<ScanMemory>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            memory.Add(new StoredMemory(JsonElement.ParseValue(ref reader), options));
        }

        return memory;
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException("A resume state holds an array of at most one position, and one of what its query remembers.");
        }
    }

    private static JsonTypeInfo<TPosition> TypeInfo(JsonSerializerOptions options) =>
        (JsonTypeInfo<TPosition>)options.GetTypeInfo(typeof(TPosition));
}
