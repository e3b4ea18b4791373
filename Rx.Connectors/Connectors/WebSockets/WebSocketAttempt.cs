namespace Rx.Connectors.WebSockets;

/// <summary>An attempt to connect, to be changed before it is made. Not thread-safe, and of no use after the callback.</summary>
public sealed class WebSocketAttempt
{
    internal WebSocketAttempt(int number, WebSocketConnectionException? failure, WebSocketConnectionOptions options)
    {
        Number = number;
        Failure = failure;
        Uri = options.Uri;
        Headers = new Dictionary<string, string>(options.Headers, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The number of the attempt since the reader or sender was made, from 1.</summary>
    public int Number { get; }

    /// <summary>Why there is a new attempt; null for the first.</summary>
    public WebSocketConnectionException? Failure { get; }

    /// <summary>Where to connect to this time. Default: <see cref="WebSocketConnectionOptions.Uri"/>.</summary>
    /// <remarks>The trap: another server gets <see cref="Headers"/>, too; take out what is not for it.</remarks>
    public Uri Uri { get; set; }

    /// <summary>The headers of this attempt. Default: a copy of <see cref="WebSocketConnectionOptions.Headers"/>.</summary>
    public IDictionary<string, string> Headers { get; }

    /// <summary>What to send as soon as the connection is open, before anything is read, as to subscribe. Default: nothing.</summary>
    public IList<WebSocketMessage> FirstMessages { get; } = [];
}
