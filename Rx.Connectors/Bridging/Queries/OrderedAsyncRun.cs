namespace Rx.Connectors.Bridging;

/// <summary>Asynchronous calls, several at a time, whose results leave in the order of their inputs.</summary>
internal abstract class OrderedAsyncRun<TItem, T, TResult, TOut>(
    IObserver<TOut> observer, Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency) : IObserver<TItem>, IHolder, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Call> _inOrder = new();
    private readonly Queue<Call> _toStart = new();
    private Action? _end;
    private Action<Exception>? _fail;
    private int _running;
    private bool _emitting;
    private bool _stopped;

    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _stopped;
            }
        }
    }

    public long? Oldest
    {
        get
        {
            lock (_gate)
            {
                return _inOrder.TryPeek(out var head) ? head.Number : null;
            }
        }
    }

    public bool TryDropOldest()
    {
        Call? oldest;
        lock (_gate)
        {
            if (!_inOrder.TryDequeue(out oldest))
            {
                return false;
            }

            // Its call goes on if it has begun; what comes of it is nobody's.
            oldest.IsDropped = true;
        }

        Discard(oldest.Item);
        Continue();
        return true;
    }

    public void OnNext(TItem value)
    {
        if (DemandOf(value) is { } demand && !demand.Hold(this))
        {
            // Where an overflow policy dropped it the position moves on. Where the source has failed it must stay before it.
            if (!demand.HasEnded)
            {
                Discard(value);
            }

            return;
        }

        _fail = FailOf(value);
        var call = new Call(value, NumberOf(value));
        bool late;
        lock (_gate)
        {
            late = _stopped;
            if (!late)
            {
                _inOrder.Enqueue(call);
                _toStart.Enqueue(call);
            }
        }

        if (late)
        {
            DemandOf(value)?.Release();
        }
        else
        {
            Continue();
        }
    }

    // What is inside comes out before the end (rules S3 and S4).
    public void OnError(Exception error) => End(() => observer.OnError(Missing.Error(error)));

    public void OnCompleted() => End(observer.OnCompleted);

    public void Dispose()
    {
        Call[] left;
        lock (_gate)
        {
            _stopped = true;
            left = [.. _inOrder];
            _inOrder.Clear();
            _toStart.Clear();
        }

        // The query may go on without it, and needs the room.
        foreach (var call in left)
        {
            DemandOf(call.Item)?.Release();
        }

        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A call's callback threw while it was told to stop. Whoever disposes can do nothing about it.
        }
    }

    private void End(Action end)
    {
        lock (_gate)
        {
            _end ??= end;
        }

        Continue();
    }

    private void Continue()
    {
        while (TryStart(out var call))
        {
            Start(call);
        }

        while (TryEmit(out var next))
        {
            try
            {
                next();
            }
            catch (Exception queryFailed) when (_fail is not null)
            {
                // This may be a call's thread, where nobody catches it.
                Dispose();
                _fail(queryFailed);
            }
        }
    }

    private bool TryStart(out Call call)
    {
        lock (_gate)
        {
            while (!_stopped && _running < maxConcurrency && _toStart.TryDequeue(out call!))
            {
                if (!call.IsDropped)
                {
                    _running++;
                    return true;
                }
            }

            call = null!;
            return false;
        }
    }

    private void Start(Call call)
    {
        Task<TResult> result;
        try
        {
            result = selector(ValueOf(call.Item), _stop.Token) ??
                throw new InvalidOperationException("The selector of SelectAsync returned null instead of a task.");
        }
        catch (Exception selectorFailed)
        {
            result = Task.FromException<TResult>(selectorFailed);
        }

        if (result.IsCompleted)
        {
            Ended(call, result);
            return;
        }

        result.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() =>
        {
            Ended(call, result);
            Continue();
        });
    }

    private void Ended(Call call, Task<TResult> result)
    {
        lock (_gate)
        {
            _running--;
            call.Result = result;
        }

        // Where it was dropped nobody reads it, nor what it failed with.
        _ = result.IsFaulted ? result.Exception : null;
    }

    // One thread at a time emits, and holds no lock while it does; the others leave their results to it.
    private bool TryEmit(out Action emit)
    {
        emit = null!;
        lock (_gate)
        {
            if (_emitting || _stopped)
            {
                return false;
            }

            if (_inOrder.TryPeek(out var head) && head.Result is { } result)
            {
                _inOrder.Dequeue();
                _emitting = true;
                _stopped = !result.IsCompletedSuccessfully;
                emit = () => Emit(head.Item, result);
            }
            else if (_inOrder.Count == 0 && _end is not null)
            {
                _stopped = true;
                emit = _end;
            }

            return emit is not null;
        }
    }

    private void Emit(TItem item, Task<TResult> result)
    {
        // Let go first: from here on it waits in the bridge, and must not be counted twice.
        DemandOf(item)?.Release();
        if (result.IsCompletedSuccessfully)
        {
            observer.OnNext(Result(item, result.GetAwaiter().GetResult()));
        }
        else
        {
            observer.OnError(result.Exception?.InnerException ?? new TaskCanceledException(result));
        }

        lock (_gate)
        {
            _emitting = false;
        }
    }

    /// <summary>The value that is called for.</summary>
    protected abstract T ValueOf(TItem item);

    /// <summary>Where an item stands among all that are held in the query.</summary>
    protected abstract long NumberOf(TItem item);

    /// <summary>The room that it is held in; null outside of a bridge.</summary>
    protected abstract IDemand? DemandOf(TItem item);

    /// <summary>Who hears of what the query throws on the thread of a call.</summary>
    protected abstract Action<Exception>? FailOf(TItem item);

    /// <summary>An overflow policy drops it.</summary>
    protected abstract void Discard(TItem item);

    /// <summary>What leaves in its place.</summary>
    protected abstract TOut Result(TItem item, TResult result);

    private sealed class Call(TItem item, long number)
    {
        public TItem Item => item;

        public long Number => number;

        public Task<TResult>? Result { get; set; }

        public bool IsDropped { get; set; }
    }
}
