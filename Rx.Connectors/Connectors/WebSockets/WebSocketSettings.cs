using System.Net.WebSockets;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>Checked options.</summary>
internal sealed class WebSocketSettings
{
    private WebSocketSettings(WebSocketConnectionOptions options, ReconnectSettings? reconnect)
    {
        Uri = options.Uri;
        Headers = new Dictionary<string, string>(options.Headers, StringComparer.OrdinalIgnoreCase);
        SubProtocols = [.. options.SubProtocols];
        MaxMessageSize = options.MaxMessageSize;
        KeepAliveInterval = options.KeepAliveInterval;
        KeepAliveTimeout = options.KeepAliveTimeout;
        ConnectTimeout = options.ConnectTimeout;
        CloseTimeout = options.CloseTimeout;
        Reconnect = reconnect;
        OnConnecting = options.OnConnecting;
        Configure = options.Configure;
    }

    public Uri Uri { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public IReadOnlyList<string> SubProtocols { get; }

    public int MaxMessageSize { get; }

    public TimeSpan KeepAliveInterval { get; }

    public TimeSpan KeepAliveTimeout { get; }

    public TimeSpan ConnectTimeout { get; }

    public TimeSpan CloseTimeout { get; }

    public ReconnectSettings? Reconnect { get; }

    public Func<WebSocketAttempt, CancellationToken, ValueTask>? OnConnecting { get; }

    public Action<ClientWebSocketOptions>? Configure { get; }

    public static WebSocketSettings Check(WebSocketConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        HandshakeChecks.Uri(options.Uri, "options.Uri");
        HandshakeChecks.Headers(options.Headers, "options.Headers");
        HandshakeChecks.SubProtocols(options.SubProtocols, "options.SubProtocols");

        // One byte more is read to tell a message that is too large.
        if (options.MaxMessageSize < 1 || options.MaxMessageSize >= Array.MaxLength)
        {
            throw Refused(nameof(options.MaxMessageSize), options.MaxMessageSize, $"from 1 to {Array.MaxLength - 1} bytes");
        }

        PositiveOrInfinite(options.KeepAliveInterval, nameof(options.KeepAliveInterval));
        PositiveOrInfinite(options.KeepAliveTimeout, nameof(options.KeepAliveTimeout));
        PositiveOrInfinite(options.ConnectTimeout, nameof(options.ConnectTimeout));
        if (options.CloseTimeout < TimeSpan.Zero || options.CloseTimeout > WebSocketConnectionOptions.LongestTime)
        {
            throw Refused(
                nameof(options.CloseTimeout), options.CloseTimeout, $"from zero to {WebSocketConnectionOptions.LongestTime}");
        }

        return new WebSocketSettings(options, options.Reconnect is { } reconnect ? ReconnectSettings.Check(reconnect) : null);
    }

    private static void PositiveOrInfinite(TimeSpan value, string option)
    {
        if (value != Timeout.InfiniteTimeSpan && (value <= TimeSpan.Zero || value > WebSocketConnectionOptions.LongestTime))
        {
            throw Refused(
                option, value, $"more than zero and at most {WebSocketConnectionOptions.LongestTime}, or Timeout.InfiniteTimeSpan");
        }
    }

    private static ArgumentOutOfRangeException Refused(string option, object value, string allowed) =>
        new($"options.{option}", value, $"{nameof(WebSocketConnectionOptions)}.{option} must be {allowed}.");
}

/// <summary>Checked options of a reconnect.</summary>
internal sealed record ReconnectSettings(
    int? MaxRetryAttempts, BackoffSettings Backoff, Func<WebSocketConnectionException, bool> ShouldRetry)
{
    public static ReconnectSettings Check(WebSocketReconnectOptions options)
    {
        if (options.MaxRetryAttempts < 1)
        {
            throw new ArgumentOutOfRangeException(
                "options.Reconnect.MaxRetryAttempts", options.MaxRetryAttempts,
                $"{nameof(WebSocketReconnectOptions)}.{nameof(options.MaxRetryAttempts)} must be at least 1, or null.");
        }

        ArgumentNullException.ThrowIfNull(options.Backoff, "options.Reconnect.Backoff");
        return new ReconnectSettings(
            options.MaxRetryAttempts,
            BackoffSettings.Check(options.Backoff, "options.Reconnect.Backoff"),
            options.ShouldRetry ?? (static failure => failure.IsTransient));
    }
}
