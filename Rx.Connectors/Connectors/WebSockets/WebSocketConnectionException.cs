using System.Net;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Rx.Connectors.WebSockets;

/// <summary>A connection could not be opened or did not end well. It says what happened and whether a new attempt may help.</summary>
public sealed class WebSocketConnectionException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="uri">The server. The message names it without its query and user information, which often hold a secret.</param>
    /// <param name="failure">What went wrong.</param>
    /// <param name="reason">What went wrong, in words: the rest of a sentence that begins with the server.</param>
    /// <param name="innerException">What the client threw, if it did.</param>
    /// <exception cref="ArgumentNullException"><paramref name="uri"/> is null.</exception>
    public WebSocketConnectionException(Uri uri, WebSocketFailure failure, string reason, Exception? innerException = null)
        : base($"{WithoutSecrets(uri)} {reason}", innerException)
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
        Location = original.Location;
        CloseStatus = original.CloseStatus;
    }

    /// <summary>The server, with the query.</summary>
    public Uri Uri { get; }

    /// <summary>What went wrong.</summary>
    public WebSocketFailure Failure { get; }

    /// <summary>The HTTP status that the handshake was refused with; null if there was none.</summary>
    public HttpStatusCode? HttpStatus { get; init; }

    /// <summary>Where the server redirects to, absolute and with its query, <c>http</c> told as <c>ws</c>; null if it does not.</summary>
    /// <remarks>
    /// It is not followed. Who trusts it sets it as <see cref="WebSocketAttempt.Uri"/> of the next attempt, which takes along the
    /// headers that are then in <see cref="WebSocketAttempt.Headers"/>.
    /// </remarks>
    public Uri? Location { get; init; }

    /// <summary>The status that the server closed the connection with; null if it gave none, or did not close it.</summary>
    public WebSocketCloseStatus? CloseStatus { get; init; }

    /// <summary>Whether the same attempt may go well a little later. What a reconnect goes by, unless it is told otherwise.</summary>
    /// <value>
    /// True for <see cref="WebSocketFailure.ConnectTimedOut"/> and <see cref="WebSocketFailure.ConnectionLost"/>; for
    /// <see cref="WebSocketFailure.ConnectFailed"/> unless a certificate is at fault, or what else an
    /// <see cref="AuthenticationException"/> inside tells of; for <see cref="WebSocketFailure.HandshakeRefused"/> with status 408, 425,
    /// 429 or from 500; for <see cref="WebSocketFailure.ClosedByServer"/> with no status, 1000 (normal), 1001 (going away),
    /// 1011 (internal error), 1012 (restart), 1013 (try again later) or 1014 (bad gateway). False for everything else, the
    /// server's own statuses from 3000 included.
    /// </value>
    public bool IsTransient => Failure switch
    {
        WebSocketFailure.ConnectTimedOut or WebSocketFailure.ConnectionLost => true,
        WebSocketFailure.ConnectFailed => !IsOfSecurity(InnerException),
        WebSocketFailure.HandshakeRefused => (int?)HttpStatus is 408 or 425 or 429 or >= 500,
        WebSocketFailure.ClosedByServer => (int?)CloseStatus is null or 1000 or 1001 or (>= 1011 and <= 1014),
        _ => false,
    };

    /// <summary>The same failure, told again: an instance is thrown once, or its stack trace would grow.</summary>
    internal WebSocketConnectionException Again() => new(Message, this);

    /// <summary>The same failure, as the last of several in a row.</summary>
    internal WebSocketConnectionException AfterAttempts(int attempts) =>
        new($"{Message} Given up after {attempts} new attempt{(attempts == 1 ? "" : "s")} in a row.", this);

    /// <summary>A URI as it may be shown.</summary>
    internal static string WithoutSecrets(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
    }

    /// <summary>What an answer calls its location, as a URI to connect to; null if it has none that can be read.</summary>
    internal static Uri? Resolve(Uri uri, Uri? location)
    {
        if (location is null || !Uri.TryCreate(uri, location, out var absolute))
        {
            return null;
        }

        if (absolute.Scheme is not ("http" or "https"))
        {
            return absolute;
        }

        return new UriBuilder(absolute)
        {
            Scheme = absolute.Scheme == "http" ? "ws" : "wss",
            Port = absolute.IsDefaultPort ? -1 : absolute.Port,
        }.Uri;
    }

    private static bool IsOfSecurity(Exception? thrown)
    {
        while (thrown is not null and not AuthenticationException)
        {
            thrown = thrown.InnerException;
        }

        return thrown is not null;
    }
}
