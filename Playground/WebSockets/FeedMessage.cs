using System.Text.Json;
using System.Text.Json.Serialization;
using Rx.Connectors.WebSockets;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>What the server sends: trades, numbered from 0 for each symbol, and now and then a heartbeat.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Trade), "trade")]
[JsonDerivedType(typeof(Heartbeat), "heartbeat")]
internal abstract record FeedMessage
{
    /// <summary>The position just after this message: the number of the trade to go on from.</summary>
    [JsonIgnore]
    public abstract long Position { get; }

    public static FeedMessage Parse(WebSocketMessage message) =>
        JsonSerializer.Deserialize(message.Data.Span, FeedJson.Default.FeedMessage)
        ?? throw new JsonException("The server sent null, which is no message.");
}

/// <summary>Somebody bought something.</summary>
internal sealed record Trade(string Symbol, long Sequence, decimal Price, int Quantity, DateTimeOffset SentUtc) : FeedMessage
{
    [JsonIgnore]
    public override long Position => Sequence + 1;
}

/// <summary>Nobody bought anything just now, but the server is still there.</summary>
internal sealed record Heartbeat(string Symbol, long NextSequence) : FeedMessage
{
    [JsonIgnore]
    public override long Position => NextSequence;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FeedMessage))]
internal sealed partial class FeedJson : JsonSerializerContext;
