using System.Globalization;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Acknowledging;

/// <summary>
/// A source over a broker that delivers again what was not acknowledged, as RabbitMQ, SQS, MQTT and NATS do. A delivery is
/// acknowledged after the epoch that holds its items is durable, and not before (rule S11).
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TDelivery">What the consumer receives; see <see cref="DeliveryConsumer{TDelivery}"/>.</typeparam>
/// <remarks>
/// <para>At least once: a delivery whose items were committed comes again where the acknowledgement did not reach the broker, as in
/// a crash between the two.</para>
/// <para>With <c>RestartOptions</c>, a consumer that fails is closed and another opened, after what it handed out is committed and
/// acknowledged. An acknowledgement that failed counts as not made.</para>
/// <para>The position belongs to the broker. The state of a partition is only a count of the deliveries handed out, which goes on
/// over restarts, so that a commit of one run is never taken for one of another.</para>
/// </remarks>
public abstract class AcknowledgingSource<T, TDelivery> : FixedPartitionedSource<T, long>
{
    private readonly string[] _keys;
    private readonly AcknowledgingSettings _settings;

    /// <summary>Makes the source. Nothing is opened before a partition starts.</summary>
    /// <param name="consumers">How many consumers to open, at least 1: each is a partition, <c>"consumer-0"</c> and so on, so that
    /// they spread over the workers.</param>
    /// <param name="options">How to acknowledge; null for the defaults.</param>
    /// <param name="bridge">How items become batches; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="consumers"/> is less than 1, or an option is out of its range;
    /// the message names it.</exception>
    protected AcknowledgingSource(int consumers = 1, AcknowledgingOptions? options = null, BridgeOptions? bridge = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(consumers, 1);
        _settings = AcknowledgingSettings.Check(options, bridge);
        _keys = [.. Enumerable.Range(0, consumers).Select(i => string.Create(CultureInfo.InvariantCulture, $"consumer-{i}"))];
    }

    /// <summary>The keys of the consumers.</summary>
    /// <returns><c>"consumer-0"</c>, <c>"consumer-1"</c> and so on.</returns>
    public sealed override IReadOnlyList<string> ListPartitions() => _keys;

    /// <summary>Builds the partition of one consumer, which is opened when it starts.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    public sealed override StatefulSourcePartition<T, long> BuildPartition(
        string stepId, string partition, ResumeState<long> resumeState)
    {
        var consumer = Array.IndexOf(_keys, partition);
        if (consumer < 0)
        {
            throw new ArgumentException(
                $"There is no partition \"{partition}\"; they are \"{_keys[0]}\" to \"{_keys[^1]}\".", nameof(partition));
        }

        return new AcknowledgingPartition<T, TDelivery>(
            cancellationToken => OpenAsync(consumer, cancellationToken), Query, resumeState, _settings);
    }

    /// <summary>Opens a consumer, in the background: once for each run and partition, and again for each restart of it.</summary>
    /// <param name="consumer">Its number, from 0.</param>
    /// <param name="cancellationToken">Cancelled when the partition is closed.</param>
    /// <returns>A consumer of its own, which the partition closes. What it throws is the partition's error.</returns>
    protected abstract ValueTask<DeliveryConsumer<TDelivery>> OpenAsync(int consumer, CancellationToken cancellationToken);

    /// <summary>Makes items of deliveries, with any Rx query. Called once for each partition that is built.</summary>
    /// <param name="deliveries">
    /// The deliveries, each with its number. One that the query drops (<c>Where</c>) is acknowledged with those around it; one of
    /// which it makes several items, after the last of them.
    /// </param>
    /// <returns>The items; mostly <c>deliveries.Select(delivery =&gt; ..)</c>.</returns>
    /// <remarks>
    /// The traps: a query that holds more than <see cref="AcknowledgingOptions.MaxUnacked"/> deliveries back waits for ever; and
    /// one that throws at a delivery does so again at the next start, since the broker delivers it again: catch, and make an item
    /// of it that another step puts aside.
    /// </remarks>
    protected abstract IObservable<Positioned<T, long>> Query(PositionedObservable<TDelivery, long> deliveries);
}
