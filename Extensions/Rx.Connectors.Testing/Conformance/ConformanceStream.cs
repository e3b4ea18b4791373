using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>A scripted asynchronous stream. What is ready completes at once; a pending read ends when it is cancelled.</summary>
internal sealed class ConformanceStream<T>(ConformanceScript<T> script, IScheduler clock) : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<bool>? _pending;
    private IDisposable? _timer;
    private CancellationToken _token;

    public T Current { get; private set; } = default!;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        script.Opened++;
        if (script.Fault == ClientFault.ThrowsWhenOpened)
        {
            throw script.Error;
        }

        _token = cancellationToken;
        _token.Register(() =>
        {
            script.IsCancelled = true;
            Take()?.TrySetCanceled(_token);
        });
        return this;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        script.Overlapped |= _pending is not null || script.Closed > 0;
        if (_token.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(_token);
        }

        if (script.Fault == ClientFault.ThrowsWhenPulled && script.IsOver)
        {
            throw script.Error;
        }

        var gap = script.Gap;
        if (script.IsOver && script.End == ClientEnd.Never)
        {
            return Pend(null);
        }

        return gap == TimeSpan.Zero ? Answer() : Pend(gap);
    }

    public ValueTask DisposeAsync()
    {
        script.Overlapped |= _pending is not null;
        script.Closed++;
        return script.Fault == ClientFault.ThrowsWhenClosed ? ValueTask.FromException(script.Error) : ValueTask.CompletedTask;
    }

    private ValueTask<bool> Answer()
    {
        if (!script.IsOver)
        {
            Current = script.Deliver(clock.Now);
            return ValueTask.FromResult(true);
        }

        return script.End == ClientEnd.Fails ? ValueTask.FromException<bool>(script.Error) : ValueTask.FromResult(false);
    }

    private ValueTask<bool> Pend(TimeSpan? time)
    {
        var pending = new TaskCompletionSource<bool>();
        lock (_gate)
        {
            _pending = pending;
            if (time is { } later)
            {
                script.Timers++;
                _timer = clock.Schedule(later, Complete);
            }
        }

        return new ValueTask<bool>(pending.Task);
    }

    private void Complete()
    {
        if (Take() is not { } pending)
        {
            return;
        }

        var answer = Answer();
        if (answer.IsCompletedSuccessfully)
        {
            pending.SetResult(answer.GetAwaiter().GetResult());
        }
        else
        {
            pending.SetException(script.Error);
        }
    }

    private TaskCompletionSource<bool>? Take()
    {
        lock (_gate)
        {
            var pending = _pending;
            _pending = null;
            if (_timer is { } timer)
            {
                script.Timers--;
                _timer = null;
                timer.Dispose();
            }

            return pending;
        }
    }
}
