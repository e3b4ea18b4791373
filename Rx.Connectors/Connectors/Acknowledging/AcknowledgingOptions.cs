namespace Rx.Connectors.Acknowledging;

/// <summary>How deliveries are acknowledged. Read once, when the source is made.</summary>
public sealed class AcknowledgingOptions
{
    /// <summary>The default of <see cref="MaxUnacked"/>: 10,000 deliveries.</summary>
    internal const int DefaultMaxUnacked = 10_000;

    /// <summary>The default of <see cref="AckTimeout"/>: 30 s.</summary>
    internal static readonly TimeSpan DefaultAckTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The most that <see cref="AckTimeout"/> can be, infinite aside: 1 day.</summary>
    internal static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    /// <summary>
    /// How many deliveries of a consumer may be unacknowledged: waiting in the bridge, or handed out and not committed. With that
    /// many, the consumer is not pulled until a commit.
    /// </summary>
    /// <value>
    /// At least <see cref="Bridging.BridgeOptions.MaxBatchSize"/>, or null for no limit. Default: 10,000. The
    /// trap: a consumer gives at most this many per epoch.
    /// </value>
    public int? MaxUnacked { get; init; } = DefaultMaxUnacked;

    /// <summary>
    /// How long one acknowledgement, or one giving back, may take, and how long closing waits for the consumer to stop receiving.
    /// </summary>
    /// <value>More than zero and at most 1 day, or <see cref="Timeout.InfiniteTimeSpan"/>. Default:
    /// 30 s.</value>
    public TimeSpan AckTimeout { get; init; } = DefaultAckTimeout;
}
