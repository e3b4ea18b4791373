using System.Net.WebSockets;

namespace Rx.Connectors.WebSockets;

/// <summary>Where to connect to, and how. The options are immutable and may be shared; they are checked by the call that they are given to.</summary>
public sealed class WebSocketConnectionOptions
{
    internal static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    /// <summary>The server.</summary>
    /// <value>An absolute <c>ws</c> or <c>wss</c> URI without user information (use <see cref="Headers"/>) and without a fragment.</value>
    public required Uri Uri { get; init; }

    /// <summary>Headers of the handshake, such as <c>Authorization</c>. A redirect is not followed, so they go to no other server.</summary>
    /// <value>Valid HTTP names and values; not those that the handshake itself sets. Default: none.</value>
    public IReadOnlyDictionary<string, string> Headers
    {
        get;
        // A copy: what the caller does to its own dictionary later does not matter. Null is refused with the rest.
        init => field = value is null ? value! : new Dictionary<string, string>(value);
    } = new Dictionary<string, string>();

    /// <summary>The sub-protocols to offer, the preferred one first.</summary>
    /// <value>Each at most once. If there are any, the server must choose one of them. Default: none.</value>
    public IReadOnlyList<string> SubProtocols
    {
        get;
        init => field = value is null ? value! : [.. value];
    } = [];

    /// <summary>The most bytes a received message may have. A larger one is an error, and is never held in memory whole.</summary>
    /// <value>At least 1. Default: 1 MiB.</value>
    public int MaxMessageSize { get; init; } = 1024 * 1024;

    /// <summary>How long the connection may be silent before a ping is sent.</summary>
    /// <value>
    /// More than zero and at most 1 day, or <see cref="Timeout.InfiniteTimeSpan"/>: never. Default: 30 s.
    /// It and <see cref="KeepAliveTimeout"/> are timed by the client itself, in real time, to about a second.
    /// </value>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for the answer to a ping before the connection counts as lost.</summary>
    /// <value>
    /// More than zero and at most 1 day, or <see cref="Timeout.InfiniteTimeSpan"/>: for ever. Default: 20 s.
    /// The trap: the answer comes behind everything that the server sent before it, so a reader that pauses for longer than
    /// both times together, with messages waiting, loses a healthy connection.
    /// </value>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long opening a connection may take, <see cref="OnConnecting"/> and the messages that are sent first included.</summary>
    /// <value>More than zero and at most 1 day, or <see cref="Timeout.InfiniteTimeSpan"/>. Default: 15 s.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the close handshake may take before the connection is dropped.</summary>
    /// <value>Zero to 1 day. Zero drops it without waiting. Default: 5 s.</value>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether and how to connect again after a failure.</summary>
    /// <value>Default, null: never. The first failure is then the last.</value>
    public WebSocketReconnectOptions? Reconnect { get; init; }

    /// <summary>
    /// Called before each attempt to connect, the first included: to ask the server for what comes after the last message
    /// received, to fetch a fresh token, to subscribe.
    /// </summary>
    /// <value>
    /// Called on the thread pool, and never twice at a time for one reader or sender. Its token is cancelled when
    /// <see cref="ConnectTimeout"/> is over; one that goes on all the same is not waited for, and the attempt has timed out. What it
    /// throws ends the reading or sending, and is not tried again. Default, null: every attempt is the same.
    /// </value>
    public Func<WebSocketAttempt, CancellationToken, ValueTask>? OnConnecting { get; init; }

    /// <summary>Sets what else <see cref="ClientWebSocket"/> knows: certificates, credentials, proxy, compression.</summary>
    /// <value>Called last before each attempt, so it overrides everything above. That redirects are not followed stays. Default: null.</value>
    public Action<ClientWebSocketOptions>? Configure { get; init; }

    internal static void Check(WebSocketConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        HandshakeChecks.Uri(options.Uri, "options.Uri");
        HandshakeChecks.Headers(options.Headers, "options.Headers");
        HandshakeChecks.SubProtocols(options.SubProtocols, "options.SubProtocols");
        var check = new OptionCheck(nameof(WebSocketConnectionOptions), nameof(options));
        // One byte more is read to tell a message that is too large.
        check.Refuse(
            options.MaxMessageSize < 1 || options.MaxMessageSize >= Array.MaxLength, nameof(MaxMessageSize), options.MaxMessageSize,
            $"from 1 to {Array.MaxLength - 1} bytes");
        PositiveOrInfinite(check, nameof(KeepAliveInterval), options.KeepAliveInterval);
        PositiveOrInfinite(check, nameof(KeepAliveTimeout), options.KeepAliveTimeout);
        PositiveOrInfinite(check, nameof(ConnectTimeout), options.ConnectTimeout);
        check.Refuse(
            options.CloseTimeout < TimeSpan.Zero || options.CloseTimeout > LongestTime, nameof(CloseTimeout), options.CloseTimeout,
            $"from zero to {LongestTime}");
        options.Reconnect?.Check($"{nameof(options)}.{nameof(Reconnect)}");
    }

    private static void PositiveOrInfinite(OptionCheck check, string option, TimeSpan value) => check.Refuse(
        value != Timeout.InfiniteTimeSpan && (value <= TimeSpan.Zero || value > LongestTime), option, value,
        $"more than zero and at most {LongestTime}, or Timeout.InfiniteTimeSpan");
}
