using System.Collections.Concurrent;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Lets one thread at a time through, without holding a lock while it calls on: who comes second leaves its item to the
/// first. Rx's operators rely on this, and clients do not always keep to it (rule S9).
/// </summary>
internal sealed class SerialTarget<T>(IFeedTarget<T> target) : IFeedTarget<T>
{
    private readonly ConcurrentQueue<Action<IFeedTarget<T>>> _left = new();
    private int _inside;

    // How many are left here. Counted before they are to be seen, and cheaper to look at than the queue is.
    private int _leftCount;

    public void OnNext(T value)
    {
        if (TryEnter())
        {
            try
            {
                target.OnNext(value);
            }
            finally
            {
                Leave();
            }
        }
        else
        {
            LeaveValueToOther(value);
        }
    }

    public void OnNextBatch(IList<T> batch) => Pass(next => next.OnNextBatch(batch));

    public void OnError(Exception error) => Pass(next => next.OnError(error));

    public void OnCompleted() => Pass(static next => next.OnCompleted());

    private void Pass(Action<IFeedTarget<T>> call)
    {
        if (TryEnter())
        {
            try
            {
                call(target);
            }
            finally
            {
                Leave();
            }
        }
        else
        {
            LeaveToOther(call);
        }
    }

    // Not past what was left here and not yet counted: it may be this thread's own last item.
    private bool TryEnter() => Volatile.Read(ref _leftCount) == 0 && Interlocked.CompareExchange(ref _inside, 1, 0) == 0;

    // A method of its own, so that what it captures is not made for every item.
    private void LeaveValueToOther(T value) => LeaveToOther(next => next.OnNext(value));

    private void LeaveToOther(Action<IFeedTarget<T>> call)
    {
        Interlocked.Increment(ref _leftCount);
        _left.Enqueue(call);
        if (Interlocked.Increment(ref _inside) == 1)
        {
            Drain();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _inside) > 0)
        {
            Drain();
        }
    }

    private void Drain()
    {
        do
        {
            if (_left.TryDequeue(out var call))
            {
                Interlocked.Decrement(ref _leftCount);
                call(target);
            }
        }
        while (Interlocked.Decrement(ref _inside) > 0);
    }
}
