using Rx.Connectors.Bridging;

namespace Rx.Connectors.Acknowledging;

/// <summary>Checked options.</summary>
internal sealed class AcknowledgingSettings
{
    private AcknowledgingSettings(AcknowledgingOptions options, BridgeOptions? bridge)
    {
        MaxUnacked = options.MaxUnacked ?? int.MaxValue;
        AckTimeout = options.AckTimeout;
        Bridge = bridge;
    }

    public int MaxUnacked { get; }

    public TimeSpan AckTimeout { get; }

    public BridgeOptions? Bridge { get; }

    public static AcknowledgingSettings Check(AcknowledgingOptions? options, BridgeOptions? bridge)
    {
        options ??= new AcknowledgingOptions();
        var maxBatchSize = BridgeSettings.Check(bridge).MaxBatchSize;
        var check = new OptionCheck(nameof(AcknowledgingOptions), nameof(options));

        // With fewer, a batch that waits to be full would wait for a commit that waits for the batch.
        check.Refuse(
            options.MaxUnacked < maxBatchSize, nameof(options.MaxUnacked), options.MaxUnacked,
            $"at least BridgeOptions.MaxBatchSize, which is {maxBatchSize}, or null");
        check.Refuse(
            options.AckTimeout != Timeout.InfiniteTimeSpan &&
            (options.AckTimeout <= TimeSpan.Zero || options.AckTimeout > AcknowledgingOptions.LongestTime),
            nameof(options.AckTimeout), options.AckTimeout,
            $"more than zero and at most {AcknowledgingOptions.LongestTime}, or Timeout.InfiniteTimeSpan");
        return new AcknowledgingSettings(options, bridge);
    }
}
