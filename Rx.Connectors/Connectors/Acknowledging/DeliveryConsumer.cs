namespace Rx.Connectors.Acknowledging;

/// <summary>
/// One consumer of a broker: what receives deliveries and says of each what became of it. Derive from it for a client such as those
/// of RabbitMQ, SQS, MQTT or NATS, and let an <see cref="AcknowledgingSource{T,TDelivery}"/> open it.
/// </summary>
/// <typeparam name="TDelivery">
/// What is received: the message together with what the broker wants back to acknowledge it (a delivery tag, a receipt). It is kept
/// until then, so it must not refer to memory that the client uses again.
/// </typeparam>
/// <remarks>
/// Its members are called in the background, not on the worker's thread. Of <see cref="AckAsync"/> and <see cref="NackAsync"/> there
/// is never more than one call at a time; receiving goes on beside them. The consumer outlives the stream of its deliveries: that
/// they have ended, or were told to, must not take away the connection over which they are acknowledged. That is what
/// <see cref="DisposeAsync"/> is for.
/// </remarks>
public abstract class DeliveryConsumer<TDelivery> : IAsyncDisposable
{
    /// <summary>Receives deliveries. Called once.</summary>
    /// <param name="cancellationToken">Cancelled when no more are wanted. Those that were received are still acknowledged.</param>
    /// <returns>
    /// The deliveries, in the order in which they are to be acknowledged. It is pulled only while there is room. An end of it is the
    /// partition's end, an error its error, after what was received before (rule S3).
    /// </returns>
    public abstract IAsyncEnumerable<TDelivery> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Tells the broker to forget deliveries: what was made of them is durable (rule S11).</summary>
    /// <param name="deliveries">
    /// At least one, in the order of receiving. They follow without a gap on those of the call before, so a client that can
    /// acknowledge everything up to one needs only the last.
    /// </param>
    /// <param name="cancellationToken">Cancelled after <see cref="AcknowledgingOptions.AckTimeout"/>.</param>
    /// <returns>A task that ends when the broker was told, as far as the client can know.</returns>
    /// <remarks>
    /// What it throws fails the partition with an <see cref="AcknowledgementException"/>, and it is not called again: the broker
    /// will deliver again what it has not been told of. With <c>RestartOptions</c> another consumer is opened then. Retries worth trying
    /// are the client's own.
    /// </remarks>
    public abstract ValueTask AckAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken);

    /// <summary>
    /// Gives deliveries back to the broker, at the end of a run or before a restart: those that were received, and whose items, handed
    /// out or not, are not committed. Default: does nothing; the broker delivers again what is neither acknowledged nor given back
    /// when the consumer is closed, or after a time of its own.
    /// </summary>
    /// <param name="deliveries">At least one, in the order of receiving.</param>
    /// <param name="cancellationToken">Cancelled after <see cref="AcknowledgingOptions.AckTimeout"/>.</param>
    /// <returns>A task that ends when the broker was told.</returns>
    public virtual ValueTask NackAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <summary>Closes the consumer. Called once, after everything else. Default: does nothing.</summary>
    /// <returns>A task that ends when it is closed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
