using System.Text.Json.Serialization;
using Rx.Connectors.WebSockets;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>A message of a WebSocket that nothing is known of, as a line of the file.</summary>
/// <param name="Received">When it came.</param>
/// <param name="Text">Its text; left out of a binary message.</param>
/// <param name="Binary">Its bytes, in Base64; left out of a text message.</param>
internal sealed record ReceivedMessage(DateTimeOffset Received, string? Text, ReadOnlyMemory<byte>? Binary)
{
    public static ReceivedMessage Now(WebSocketMessage message) => message.IsText
        ? new(DateTimeOffset.UtcNow, message.Text, Binary: null)
        : new(DateTimeOffset.UtcNow, Text: null, message.Data);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReceivedMessage))]
internal sealed partial class ReceivedJson : JsonSerializerContext;
