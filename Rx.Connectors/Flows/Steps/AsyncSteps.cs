using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// Gathers the items of one poll and runs the selector over them, a limited number at a time, when the poll is over. The worker
/// waits for them as it does for a sink, so that nothing is under way when an epoch is captured (F3). Results go on in order.
/// </summary>
internal sealed class SelectAsyncReceiver<T, TResult>(
    Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency, StepContext step, IReceiver<TResult> next) : IReceiver<T>, ILane
{
    private readonly List<T> _items = [];

    public void Receive(T item)
    {
        if (_items.Count == 0)
        {
            step.Gather(this);
        }

        _items.Add(item);
    }

    public void Flush()
    {
        T[] items = [.. _items];
        _items.Clear();
        TResult[] results;
        try
        {
            results = new AsyncCalls<T, TResult>(selector, maxConcurrency, step, items).Run();
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        foreach (var result in results)
        {
            next.Receive(result);
        }
    }
}

/// <summary>The calls of one poll's items. But for what is cancelled and ends late, all of it runs on the worker's thread.</summary>
internal sealed class AsyncCalls<T, TResult>(
    Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency, StepContext step, T[] items)
{
    private readonly TResult[] _results = new TResult[items.Length];
    private int _next;
    private int _underWay;
    private Exception? _failure;

    /// <exception cref="OperationCanceledException">The run has ended meanwhile.</exception>
    public TResult[] Run()
    {
        var mailbox = new Mailbox(step.Worker.Scheduler, step.Worker.Run.Elapsed);
        var stop = new CancellationTokenSource();
        using var aborted = step.Worker.Aborted.UnsafeRegister(static waiting => ((Mailbox)waiting!).Wake(), mailbox);
        mailbox.Enter();
        try
        {
            Begin(stop.Token);
            if (!IsOver())
            {
                mailbox.Run(IsOver, null, "The asynchronous step");
            }
        }
        finally
        {
            mailbox.Leave();
            if (_underWay > 0)
            {
                // Nobody waits for the others: the run has failed here, or has ended.
                stop.CancelBeside(step.Worker.Scheduler).Observe();
            }
            else
            {
                stop.Dispose();
            }
        }

        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return _underWay == 0 ? _results : throw new OperationCanceledException("The run has ended while the step was waited for.");
    }

    private bool IsOver() => _underWay == 0 || _failure is not null || step.Worker.HasEnded;

    private void Begin(CancellationToken stop)
    {
        while (_underWay < maxConcurrency && _next < items.Length && _failure is null && !step.Worker.HasEnded)
        {
            _underWay++;
            _ = CallAsync(_next++, stop);
        }
    }

    // It goes on in the mailbox: the framework would not run a continuation that does not ask for that there, but on the thread pool.
    private async Task CallAsync(int index, CancellationToken stop)
    {
        // Each is a call of its own: a run that is to end gives each its time.
        step.Enter();
        try
        {
            var call = selector(items[index], stop) ?? throw new InvalidOperationException("The selector returned null instead of a task.");
            _results[index] = await call.ConfigureAwait(true);
        }
        catch (Exception error)
        {
            _failure ??= error;
        }

        _underWay--;
        Begin(stop);
    }
}
