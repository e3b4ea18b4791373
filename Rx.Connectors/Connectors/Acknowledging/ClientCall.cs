using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Acknowledging;

/// <summary>Calls a client with a limit of time, also one that does not listen to its token. One call at a time.</summary>
internal sealed class ClientCall(string name, TimeSpan timeout, IScheduler background)
{
    private readonly TimeProvider _time = background.ToTimeProvider();
    private Task _running = Task.CompletedTask;

    /// <summary>Whether a call that ran out of time has not ended. There must be no other beside it.</summary>
    public bool IsStuck => !_running.IsCompleted;

    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task RunAsync(Func<CancellationToken, ValueTask> call)
    {
        using var stop = new CancellationTokenSource(timeout, _time);
        var over = new TaskCompletionSource();

        // Registered first and so called last: a client that does listen has ended by then.
        using var registration = stop.Token.UnsafeRegister(static over => ((TaskCompletionSource)over!).TrySetResult(), over);
        _running = call(stop.Token).AsTask();
        await Task.WhenAny(_running, over.Task).ConfigureAwait(false);
        if (_running.IsCompletedSuccessfully)
        {
            return;
        }

        if (stop.IsCancellationRequested)
        {
            // Nobody waits for it any more; what it may still throw is of no use.
            _ = _running.ContinueWith(
                static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new TimeoutException($"{name} took longer than {nameof(AcknowledgingOptions.AckTimeout)}, which is {timeout}.");
        }

        await _running.ConfigureAwait(false);
    }
}
