using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>How to connect again after a failure. The options are immutable and may be shared.</summary>
public sealed class WebSocketReconnectOptions
{
    /// <summary>How many new attempts to make in a row. A message received, or sent, sets the count back to none.</summary>
    /// <value>At least 1, or null for no limit. Default: 10.</value>
    public int? MaxRetryAttempts { get; init; } = 10;

    /// <summary>How long to wait before each new attempt.</summary>
    /// <value>Default: <see cref="BackoffOptions"/> with its own defaults.</value>
    public BackoffOptions Backoff { get; init; } = new();

    /// <summary>Which failures are worth a new attempt.</summary>
    /// <value>
    /// Must not block. What it throws ends the reading or sending.
    /// Default, null: those with <see cref="WebSocketConnectionException.IsTransient"/>.
    /// </value>
    public Func<WebSocketConnectionException, bool>? ShouldRetry { get; init; }

    internal void Check(string path)
    {
        new OptionCheck(nameof(WebSocketReconnectOptions), path).Refuse(
            MaxRetryAttempts < 1, nameof(MaxRetryAttempts), MaxRetryAttempts, "at least 1, or null");
        ArgumentNullException.ThrowIfNull(Backoff, $"{path}.{nameof(Backoff)}");
        BackoffOptions.Check(Backoff, $"{path}.{nameof(Backoff)}");
    }

    internal bool IsWorthARetry(WebSocketConnectionException failure) => ShouldRetry?.Invoke(failure) ?? failure.IsTransient;
}
