using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Acknowledging;

/// <summary>Acknowledges what is committed: in the background, in order, one call at a time, and nothing after one that failed.</summary>
internal sealed class Acker<TDelivery>(
    Unacked<TDelivery> unacked, Func<IReadOnlyList<TDelivery>, CancellationToken, ValueTask> ack, ClientCall call,
    IScheduler scheduler, Action failed)
{
    private readonly Lock _gate = new();
    private Task _ended = Task.CompletedTask;
    private long _committed;
    private long _acknowledged;
    private bool _running;
    private bool _closed;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>The <see cref="AcknowledgementException"/>, once a call has failed.</summary>
    public ExceptionDispatchInfo? Failure => _failure;

    /// <summary>How many deliveries are acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>The last position that is committed. What is after it must not be acknowledged.</summary>
    public long Committed
    {
        get
        {
            lock (_gate)
            {
                return _committed;
            }
        }
    }

    public void Commit(long position)
    {
        TaskCompletionSource ended;
        lock (_gate)
        {
            if (_closed || position <= _committed)
            {
                return;
            }

            _committed = position;
            if (_running || _failure is not null)
            {
                return;
            }

            _running = true;

            // In virtual time a hop to the thread pool would be a second thread (rule F6).
            ended = new TaskCompletionSource(
                scheduler.IsVirtual() ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            _ended = ended.Task;
        }

        scheduler.Background().Schedule(() => _ = RunAsync(ended));
    }

    /// <summary>Takes no more commits, and ends when those taken are acknowledged or one has failed.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            return _ended;
        }
    }

    private async Task RunAsync(TaskCompletionSource ended)
    {
        while (TryNext(out var deliveries))
        {
            try
            {
                await call.RunAsync(stop => ack(deliveries, stop)).ConfigureAwait(false);
                Interlocked.Add(ref _acknowledged, deliveries.Length);
                unacked.Remove(deliveries.Length);
            }
            catch (Exception ackFailed)
            {
                // Captured once and thrown by every poll.
                _failure = ExceptionDispatchInfo.Capture(
                    new AcknowledgementException("acknowledged", deliveries.Length, ackFailed));
                failed();
            }
        }

        ended.SetResult();
    }

    private bool TryNext(out TDelivery[] deliveries)
    {
        lock (_gate)
        {
            deliveries = _failure is null ? unacked.UpTo(_committed) : [];
            _running = deliveries.Length > 0;
            return _running;
        }
    }
}
