using System.Net.WebSockets;

namespace Rx.Connectors.WebSockets;

/// <summary>Where to connect to, and how. Immutable; read once, by the call that it is given to. May be shared.</summary>
public sealed class WebSocketConnectionOptions
{
    /// <summary>The default of <see cref="MaxMessageSize"/>: 1 MiB.</summary>
    public const int DefaultMaxMessageSize = 1024 * 1024;

    /// <summary>The default of <see cref="KeepAliveInterval"/>: 30 s.</summary>
    public static readonly TimeSpan DefaultKeepAliveInterval = TimeSpan.FromSeconds(30);

    /// <summary>The default of <see cref="KeepAliveTimeout"/>: 20 s.</summary>
    public static readonly TimeSpan DefaultKeepAliveTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The default of <see cref="ConnectTimeout"/>: 15 s.</summary>
    public static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The default of <see cref="CloseTimeout"/>: 5 s.</summary>
    public static readonly TimeSpan DefaultCloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The longest any of these times may be, other than infinite: 1 day.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    /// <summary>The server.</summary>
    /// <value>An absolute <c>ws</c> or <c>wss</c> URI without user information (use <see cref="Headers"/>) and without a fragment.</value>
    public required Uri Uri { get; init; }

    /// <summary>Headers of the handshake, such as <c>Authorization</c>. A redirect is not followed, so they go to no other server.</summary>
    /// <value>Valid HTTP names and values; not those that the handshake itself sets. Default: none.</value>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The sub-protocols to offer, the preferred one first.</summary>
    /// <value>Each at most once. If there are any, the server must choose one of them. Default: none.</value>
    public IReadOnlyList<string> SubProtocols { get; init; } = [];

    /// <summary>The most bytes a received message may have. A larger one is an error, and is never held in memory whole.</summary>
    /// <value>At least 1. Default: <see cref="DefaultMaxMessageSize"/>.</value>
    public int MaxMessageSize { get; init; } = DefaultMaxMessageSize;

    /// <summary>How long the connection may be silent before a ping is sent.</summary>
    /// <value>
    /// More than zero, or <see cref="Timeout.InfiniteTimeSpan"/>: never. Default: <see cref="DefaultKeepAliveInterval"/>.
    /// It and <see cref="KeepAliveTimeout"/> are timed by the client itself, in real time, to about a second.
    /// </value>
    public TimeSpan KeepAliveInterval { get; init; } = DefaultKeepAliveInterval;

    /// <summary>How long to wait for the answer to a ping before the connection counts as lost.</summary>
    /// <value>
    /// More than zero, or <see cref="Timeout.InfiniteTimeSpan"/>: for ever. Default: <see cref="DefaultKeepAliveTimeout"/>.
    /// The trap: the answer comes behind everything that the server sent before it, so a reader that pauses for longer than
    /// both times together, with messages waiting, loses a healthy connection.
    /// </value>
    public TimeSpan KeepAliveTimeout { get; init; } = DefaultKeepAliveTimeout;

    /// <summary>How long opening a connection may take, <see cref="OnConnecting"/> and the messages that are sent first included.</summary>
    /// <value>More than zero, or <see cref="Timeout.InfiniteTimeSpan"/>. Default: <see cref="DefaultConnectTimeout"/>.</value>
    public TimeSpan ConnectTimeout { get; init; } = DefaultConnectTimeout;

    /// <summary>How long the close handshake may take before the connection is dropped.</summary>
    /// <value>Zero drops it without waiting. Default: <see cref="DefaultCloseTimeout"/>.</value>
    public TimeSpan CloseTimeout { get; init; } = DefaultCloseTimeout;

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
}
