using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.Connectors.Sources;

/// <summary>What one <c>Scan</c> of a query remembers. Immutable.</summary>
internal abstract class ScanMemory : IEquatable<ScanMemory>
{
    /// <summary>The memory itself.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public abstract T Read<T>();

    public abstract void Write(Utf8JsonWriter writer, JsonSerializerOptions options);

    /// <summary>Sees that it comes back from the JSON that it is stored as.</summary>
    /// <exception cref="NotSupportedException">It does not.</exception>
    public abstract void Check(JsonSerializerOptions options);

    public abstract bool Equals(ScanMemory? other);

    public sealed override bool Equals(object? obj) => Equals(obj as ScanMemory);

    // It is compared, and is no key.
    public sealed override int GetHashCode() => 0;
}

/// <summary>A memory that a <c>Scan</c> has just made.</summary>
internal sealed class LiveMemory<TMemory>(TMemory value) : ScanMemory
{
    public override T Read<T>() => value is T memory ? memory : typeof(T) == typeof(TMemory) ? default! : throw new InvalidOperationException(
        $"The memory of a Scan is of type {TypeName.Of(typeof(TMemory))}, and the query now asks for {TypeName.Of(typeof(T))}.");

    public override void Write(Utf8JsonWriter writer, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, Info(options));

    public override void Check(JsonSerializerOptions options)
    {
        var text = JsonSerializer.Serialize(value, Info(options));
        if (JsonSerializer.Serialize(JsonSerializer.Deserialize(text, Info(options))!, Info(options)) != text)
        {
            throw new NotSupportedException(
                $"A Scan's memory of type {TypeName.Of(typeof(TMemory))} does not come back from the JSON it is stored as, {text}. " +
                "Its members must be public and settable, or parameters of its constructor.");
        }
    }

    public override string ToString() => $"{value}";

    public override bool Equals(ScanMemory? other) =>
        other is LiveMemory<TMemory> memory && EqualityComparer<TMemory>.Default.Equals(value, memory.Read<TMemory>());

    private static JsonTypeInfo<TMemory> Info(JsonSerializerOptions options) =>
        (JsonTypeInfo<TMemory>)options.GetTypeInfo(typeof(TMemory));
}

/// <summary>A memory as it was stored: only the <c>Scan</c> itself knows of which type it is.</summary>
internal sealed class StoredMemory(JsonElement stored, JsonSerializerOptions options) : ScanMemory
{
    public override T Read<T>()
    {
        try
        {
            return stored.Deserialize((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)))!;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"The memory of a Scan was stored as {stored.GetRawText()} and cannot be read as {TypeName.Of(typeof(T))}. Where the query " +
                "remembers something else now, its source needs another step id or other partition keys, so that it begins anew.", error);
        }
    }

    public override void Write(Utf8JsonWriter writer, JsonSerializerOptions options) => stored.WriteTo(writer);

    public override void Check(JsonSerializerOptions options)
    {
        // It has come from there.
    }

    public override string ToString() => stored.GetRawText();

    public override bool Equals(ScanMemory? other) => other is StoredMemory memory && memory.ToString() == ToString();
}
