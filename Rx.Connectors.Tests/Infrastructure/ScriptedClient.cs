using System.Runtime.CompilerServices;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>
/// An asynchronous client that answers at virtual times, and watches how it is used: calls that overlap, what was read, and
/// whether it was cancelled and disposed.
/// </summary>
internal sealed class ScriptedClient<T>(VirtualScheduler clock, IEnumerable<Step> steps, Func<int, T>? make = null)
    : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private readonly Queue<Step> _steps = new(steps);
    private TaskCompletionSource<bool>? _pending;
    private CancellationToken _token;

    public T Current { get; private set; } = default!;

    public int Delivered { get; private set; }

    public int Moves { get; private set; }

    public int Opened { get; private set; }

    public int Disposed { get; private set; }

    public bool IsCancelled => _token.IsCancellationRequested;

    public bool Overlapped { get; private set; }

    /// <summary>Whether a pending read ends when it is cancelled, as it should, or goes on, as bad clients do.</summary>
    public bool Obeys { get; init; } = true;

    public Exception? DisposeError { get; init; }

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Opened++;
        _token = cancellationToken;
        return this;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        Moves++;
        Overlapped |= _pending is not null || Disposed > 0;
        if (!_steps.TryDequeue(out var step))
        {
            return Pend(null);
        }

        return step.At <= clock.Clock ? Answer(step) : Pend(step);
    }

    public ValueTask DisposeAsync()
    {
        Overlapped |= _pending is not null;
        Disposed++;
        return DisposeError is null ? ValueTask.CompletedTask : ValueTask.FromException(DisposeError);
    }

    private ValueTask<bool> Answer(Step step)
    {
        if (step.Error is not null)
        {
            return ValueTask.FromException<bool>(step.Error);
        }

        if (step.Item is not { } item)
        {
            return ValueTask.FromResult(false);
        }

        Delivered++;
        Current = make is null ? Unsafe.BitCast<int, T>(item) : make(item);
        return ValueTask.FromResult(true);
    }

    private ValueTask<bool> Pend(Step? step)
    {
        var pending = _pending = new TaskCompletionSource<bool>();
        if (Obeys)
        {
            _token.Register(() =>
            {
                if (_pending == pending)
                {
                    _pending = null;
                    pending.TrySetCanceled(_token);
                }
            });
        }

        if (step is not null)
        {
            clock.At(step.At, () => Complete(pending, step));
        }

        return new ValueTask<bool>(pending.Task);
    }

    private void Complete(TaskCompletionSource<bool> pending, Step step)
    {
        if (_pending != pending)
        {
            return;
        }

        _pending = null;
        var answer = Answer(step);
        if (answer.IsCompletedSuccessfully)
        {
            pending.SetResult(answer.Result);
        }
        else
        {
            pending.SetException(step.Error!);
        }
    }
}
