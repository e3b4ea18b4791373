using System.Net;
using System.Net.WebSockets;

namespace Rx.Connectors.WebSockets;

/// <summary>A connection could not be opened or did not end well. It says what happened and whether a new attempt may help.</summary>
public sealed class WebSocketConnectionException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="uri">The server. The message names it without its query, which often holds a secret.</param>
    /// <param name="failure">What went wrong.</param>
    /// <param name="reason">What went wrong, in words: the rest of a sentence that begins with the server.</param>
    /// <param name="innerException">What the client threw, if it did.</param>
    /// <exception cref="ArgumentNullException"><paramref name="uri"/> is null.</exception>
    public WebSocketConnectionException(Uri uri, WebSocketFailure failure, string reason, Exception? innerException = null)
        : base($"{WithoutQuery(uri)} {reason}", innerException)
    {
        Uri = uri;
        Failure = failure;
    }

    private WebSocketConnectionException(string message, WebSocketConnectionException original)
        : base(message, original)
    {
        Uri = original.Uri;
        Failure = original.Failure;
        HttpStatus = original.HttpStatus;
        CloseStatus = original.CloseStatus;
    }

    /// <summary>The server, with the query.</summary>
    public Uri Uri { get; }

    /// <summary>What went wrong.</summary>
    public WebSocketFailure Failure { get; }

    /// <summary>The HTTP status that the handshake was refused with; null if there was none.</summary>
    public HttpStatusCode? HttpStatus { get; init; }

    /// <summary>The status that the server closed the connection with; null if it gave none, or did not close it.</summary>
    public WebSocketCloseStatus? CloseStatus { get; init; }

    /// <summary>Whether the same attempt may go well a little later. What a reconnect goes by, unless it is told otherwise.</summary>
    /// <value>
    /// True for <see cref="WebSocketFailure.ConnectFailed"/>, <see cref="WebSocketFailure.ConnectTimedOut"/> and
    /// <see cref="WebSocketFailure.ConnectionLost"/>; for <see cref="WebSocketFailure.HandshakeRefused"/> with status 408, 425,
    /// 429 or from 500; for <see cref="WebSocketFailure.ClosedByServer"/> with no status, 1000 (normal), 1001 (going away),
    /// 1011 (internal error), 1012 (restart), 1013 (try again later) or 1014 (bad gateway). False for everything else, the
    /// server's own statuses from 3000 included.
    /// </value>
    public bool IsTransient => Failure switch
    {
        WebSocketFailure.ConnectFailed or WebSocketFailure.ConnectTimedOut or WebSocketFailure.ConnectionLost => true,
        WebSocketFailure.HandshakeRefused => (int?)HttpStatus is 408 or 425 or 429 or >= 500,
        WebSocketFailure.ClosedByServer => (int?)CloseStatus is null or 1000 or 1001 or (>= 1011 and <= 1014),
        _ => false,
    };

    /// <summary>The same failure, told again: an instance is thrown once, or its stack trace would grow.</summary>
    internal WebSocketConnectionException Again() => new(Message, this);

    /// <summary>The same failure, as the last of several in a row.</summary>
    internal WebSocketConnectionException AfterAttempts(int attempts) =>
        new($"{Message} Given up after {attempts} new attempt{(attempts == 1 ? "" : "s")} in a row.", this);

    private static string WithoutQuery(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return uri.GetLeftPart(UriPartial.Path);
    }
}
