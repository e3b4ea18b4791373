using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>How to connect again after a failure. Immutable; may be shared.</summary>
public sealed class WebSocketReconnectOptions
{
    /// <summary>The default of <see cref="MaxRetryAttempts"/>: 10.</summary>
    public const int DefaultMaxRetryAttempts = 10;

    /// <summary>How many new attempts to make in a row. A message received, or sent, sets the count back to none.</summary>
    /// <value>At least 1, or null for no limit. Default: <see cref="DefaultMaxRetryAttempts"/>.</value>
    public int? MaxRetryAttempts { get; init; } = DefaultMaxRetryAttempts;

    /// <summary>How long to wait before each new attempt.</summary>
    /// <value>Default: <see cref="BackoffOptions"/> with its own defaults.</value>
    public BackoffOptions Backoff { get; init; } = new();

    /// <summary>Which failures are worth a new attempt.</summary>
    /// <value>
    /// Must not block. What it throws ends the reading or sending.
    /// Default, null: those with <see cref="WebSocketConnectionException.IsTransient"/>.
    /// </value>
    public Func<WebSocketConnectionException, bool>? ShouldRetry { get; init; }
}
