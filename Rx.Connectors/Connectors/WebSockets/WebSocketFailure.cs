namespace Rx.Connectors.WebSockets;

/// <summary>What went wrong with a connection.</summary>
public enum WebSocketFailure
{
    /// <summary>The server could not be reached: refused, unknown host, no secure channel.</summary>
    ConnectFailed,

    /// <summary>The connection was not open within <see cref="WebSocketConnectionOptions.ConnectTimeout"/>.</summary>
    ConnectTimedOut,

    /// <summary>The server answered, but not with a WebSocket: another HTTP status, a redirect among them, or no HTTP at all.</summary>
    HandshakeRefused,

    /// <summary>The server chose none of the <see cref="WebSocketConnectionOptions.SubProtocols"/>, or one not asked for.</summary>
    SubProtocolRefused,

    /// <summary>The connection broke without a close handshake, or the server did not answer a ping in time.</summary>
    ConnectionLost,

    /// <summary>The server closed the connection, with the handshake.</summary>
    ClosedByServer,

    /// <summary>A message was larger than <see cref="WebSocketConnectionOptions.MaxMessageSize"/>.</summary>
    MessageTooLarge,

    /// <summary>The server sent what the protocol does not allow, such as text that is not UTF-8, or an extension nobody asked for.</summary>
    ProtocolViolated,
}
