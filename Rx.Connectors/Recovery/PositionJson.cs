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
        _options = options is null ? new JsonSerializerOptions() : new JsonSerializerOptions(options);
        _options.WriteIndented = false;
        _options.TypeInfoResolver = JsonTypeInfoResolver.Combine(
            [.. new[] { options?.TypeInfoResolver, SimplePositions.Default, Reflection() }.OfType<IJsonTypeInfoResolver>()]);
        _options.MakeReadOnly();
    }

    /// <summary>Why positions of this type cannot be written; null if they can.</summary>
    public string? FindFault<TState>()
    {
        try
        {
            _ = TypeInfo<TState>();
            return null;
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return $"positions of type {typeof(TState)} cannot be serialised; give RecoveryOptions.Serializer a " +
                $"TypeInfoResolver that knows the type ({error.Message})";
        }
    }

    public string Write<TState>(TState position) => JsonSerializer.Serialize(position, TypeInfo<TState>());

    /// <exception cref="JsonException">The text is no such position.</exception>
    public TState Read<TState>(string text) => JsonSerializer.Deserialize(text, TypeInfo<TState>())!;

    private JsonTypeInfo<TState> TypeInfo<TState>() => (JsonTypeInfo<TState>)_options.GetTypeInfo(typeof(TState));

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
