using System.Reactive.Concurrency;

namespace Rx.Connectors.Acknowledging;

/// <summary>What was received and is not acknowledged, numbered in the order of receiving. Any thread may use it.</summary>
internal sealed class Unacked<TDelivery>(long before, int most, IScheduler background)
{
    private readonly Lock _gate = new();
    private readonly Queue<TDelivery> _deliveries = new();
    private long _before = before;
    private TaskCompletionSource? _room;

    /// <summary>Takes a delivery in and returns its number.</summary>
    public long Add(TDelivery delivery)
    {
        lock (_gate)
        {
            _deliveries.Enqueue(delivery);
            return _before + _deliveries.Count;
        }
    }

    /// <summary>Those up to a number, which stay.</summary>
    public TDelivery[] UpTo(long number)
    {
        lock (_gate)
        {
            return [.. _deliveries.Take((int)Math.Clamp(number - _before, 0, _deliveries.Count))];
        }
    }

    /// <summary>Those after a number, which stay.</summary>
    public TDelivery[] After(long number)
    {
        lock (_gate)
        {
            return [.. _deliveries.Skip((int)Math.Clamp(number - _before, 0, _deliveries.Count))];
        }
    }

    /// <summary>Forgets the oldest: they are acknowledged.</summary>
    public void Remove(int count)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            _before += count;
            for (var i = 0; i < count; i++)
            {
                _deliveries.Dequeue();
            }

            if (_deliveries.Count < most)
            {
                (room, _room) = (_room, null);
            }
        }

        if (room is not null)
        {
            // Not on this stack, which is that of acknowledging: receiving goes on beside it.
            background.Schedule(() => room.TrySetResult());
        }
    }

    /// <summary>Ends when another delivery may be received.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource room;
        lock (_gate)
        {
            if (_deliveries.Count < most)
            {
                return;
            }

            room = _room = new TaskCompletionSource();
        }

        // Whoever cancels is closing the partition, perhaps on the worker's thread, and is not to run the client's code.
        using var registration = cancellationToken.UnsafeRegister(
            _ => background.Schedule(() => room.TrySetCanceled(cancellationToken)), null);
        await room.Task.ConfigureAwait(false);
    }
}
