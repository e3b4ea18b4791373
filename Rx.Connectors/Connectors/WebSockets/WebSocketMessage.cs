using System.Text;

namespace Rx.Connectors.WebSockets;

/// <summary>One whole message, text or binary, however many frames it came in. Immutable, safe to use from any thread.</summary>
public sealed class WebSocketMessage
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private string? _text;

    private WebSocketMessage(ReadOnlyMemory<byte> data, bool isText)
    {
        Data = data;
        IsText = isText;
    }

    /// <summary>Whether it is a text message; else it is binary.</summary>
    public bool IsText { get; }

    /// <summary>The content in bytes; of a text message, its UTF-8 bytes. Must not be changed.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The text. It is decoded when it is first asked for.</summary>
    /// <exception cref="InvalidOperationException">The message is binary.</exception>
    public string Text => !IsText
        ? throw new InvalidOperationException("A binary message has no text; read its Data.")
        : _text ??= _utf8.GetString(Data.Span);

    /// <summary>Makes a text message.</summary>
    /// <param name="text">The text; may be empty.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="text"/> has half of a surrogate pair, which UTF-8 cannot hold.</exception>
    public static WebSocketMessage FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new WebSocketMessage(_utf8.GetBytes(text), isText: true) { _text = text };
    }

    /// <summary>Makes a binary message.</summary>
    /// <param name="data">The content, which is copied; may be empty.</param>
    /// <returns>The message.</returns>
    public static WebSocketMessage FromBinary(ReadOnlySpan<byte> data) => new(data.ToArray(), isText: false);

    /// <summary>The message in words.</summary>
    /// <returns>The text, or the number of bytes.</returns>
    public override string ToString() => IsText ? Text : $"{Data.Length} bytes";

    /// <summary>A message as it was received; the array behind it is nobody else's.</summary>
    internal static WebSocketMessage Received(ReadOnlyMemory<byte> data, bool isText) => new(data, isText);
}
