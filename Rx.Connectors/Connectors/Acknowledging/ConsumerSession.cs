using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Acknowledging;

/// <summary>One consumer from its opening to its closing, and the order of the two ends of it: receiving and acknowledging.</summary>
internal sealed class ConsumerSession<TDelivery>
{
    private readonly Lock _gate = new();
    private readonly Func<CancellationToken, ValueTask<DeliveryConsumer<TDelivery>>> _open;
    private readonly Unacked<TDelivery> _unacked;
    private readonly ClientCall _call;
    private readonly ClientCall _stopping;
    private readonly Acker<TDelivery> _acker;
    private readonly TaskCompletionSource _received;
    private DeliveryConsumer<TDelivery>? _consumer;
    private bool _receiving;
    private bool _closed;

    public ConsumerSession(
        Func<CancellationToken, ValueTask<DeliveryConsumer<TDelivery>>> open, long before, AcknowledgingSettings settings,
        IScheduler scheduler, Action ackFailed)
    {
        var background = scheduler.Background();
        _open = open;
        _unacked = new Unacked<TDelivery>(before, settings.MaxUnacked, background);
        _call = new ClientCall("A call about deliveries", settings.AckTimeout, background);
        _stopping = new ClientCall("The end of receiving", settings.AckTimeout, background);
        _acker = new Acker<TDelivery>(
            _unacked, (deliveries, stop) => _consumer!.AckAsync(deliveries, stop), _call, scheduler, ackFailed);
        _received = new TaskCompletionSource(
            scheduler.IsVirtual() ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public ExceptionDispatchInfo? AckFailure => _acker.Failure;

    public long Acknowledged => _acker.Acknowledged;

    public void Commit(long position) => _acker.Commit(position);

    public async IAsyncEnumerable<Positioned<TDelivery, long>> ReceiveAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!TryBegin())
        {
            yield break;
        }

        try
        {
            var consumer = await OpenAsync(cancellationToken).ConfigureAwait(false);
            var deliveries = consumer.ReceiveAsync(cancellationToken);
            await foreach (var delivery in deliveries.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return new Positioned<TDelivery, long>(delivery, _unacked.Add(delivery));
                await _unacked.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _received.SetResult();
        }
    }

    /// <summary>Acknowledges what is committed, gives the rest back, and closes. Receiving must have been told to stop.</summary>
    public async Task CloseAsync()
    {
        await _acker.CloseAsync().ConfigureAwait(false);
        var notStopped = await TryAsync(StopReceivingAsync).ConfigureAwait(false);
        var notGivenBack = await TryAsync(GiveBackAsync).ConfigureAwait(false);
        var notClosed = await TryAsync(CloseConsumerAsync).ConfigureAwait(false);
        (notGivenBack ?? notClosed ?? notStopped)?.Throw();
    }

    private static async Task<ExceptionDispatchInfo?> TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
            return null;
        }
        catch (Exception failed)
        {
            return ExceptionDispatchInfo.Capture(failed);
        }
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            _receiving = !_closed;
            return _receiving;
        }
    }

    private async ValueTask<DeliveryConsumer<TDelivery>> OpenAsync(CancellationToken cancellationToken)
    {
        var consumer = await _open(cancellationToken).ConfigureAwait(false) ??
            throw new InvalidOperationException("OpenAsync of the source returned null instead of a consumer.");
        lock (_gate)
        {
            if (!_closed)
            {
                _consumer = consumer;
                return consumer;
            }
        }

        // Closing has not waited for it.
        await consumer.DisposeAsync().ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }

    private Task StopReceivingAsync()
    {
        lock (_gate)
        {
            if (!_receiving)
            {
                _closed = true;
                return Task.CompletedTask;
            }
        }

        return _stopping.RunAsync(_ => new ValueTask(_received.Task));
    }

    private async Task GiveBackAsync()
    {
        DeliveryConsumer<TDelivery>? consumer;
        lock (_gate)
        {
            _closed = true;
            consumer = _consumer;
        }

        // What is committed and could not be acknowledged is left to the broker: of some of it, it may know.
        var rest = _unacked.After(_acker.Committed);
        if (consumer is null || rest.Length == 0 || _call.IsStuck)
        {
            return;
        }

        try
        {
            await _call.RunAsync(stop => consumer.NackAsync(rest, stop)).ConfigureAwait(false);
        }
        catch (Exception nackFailed)
        {
            throw new AcknowledgementException("given back", rest.Length, nackFailed);
        }
    }

    private Task CloseConsumerAsync() => _consumer?.DisposeAsync().AsTask() ?? Task.CompletedTask;
}
