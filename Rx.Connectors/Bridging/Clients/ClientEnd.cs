using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// The end of a call into a client. After the client was told to stop it is waited for so long and no longer: a call that takes no token
/// would hold up the stop for ever.
/// </summary>
/// <param name="scheduler">The partition's clock.</param>
/// <param name="patience">How long.</param>
/// <param name="call">The call that did not end, for the message.</param>
internal sealed class ClientEnd(IScheduler scheduler, TimeSpan patience, string call)
{
    private readonly SingleAssignmentDisposable _timer = new();
    // In virtual time a hop to the thread pool would be a second thread (rule F6), which the clock does not wait for.
    private readonly TaskCompletionSource _ended = new(scheduler.IsVirtual()
        ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    private int _told;
    private volatile bool _isBack;

    /// <summary>Ends when the client has closed; fails with a <see cref="TimeoutException"/> once it is not waited for any more.</summary>
    public Task Task => _ended.Task;

    /// <summary>The client was told to stop.</summary>
    public void Told()
    {
        if (Interlocked.Exchange(ref _told, 1) == 0 && !_isBack && patience != Timeout.InfiniteTimeSpan)
        {
            _timer.Disposable = scheduler.Background().Schedule(patience, GiveUp);
        }
    }

    /// <summary>The call has ended. What the client does now to close itself is waited for.</summary>
    public void Back()
    {
        _isBack = true;
        _timer.Dispose();
    }

    public void Closed()
    {
        Back();
        _ended.TrySetResult();
    }

    private void GiveUp()
    {
        if (!_isBack && _ended.TrySetException(new TimeoutException(
            $"The client's {call} did not end within {patience} after it was told to stop, and is left to itself " +
            $"({nameof(BridgeOptions)}.{nameof(BridgeOptions.StopTimeout)}). A client whose receive takes no token is closed in time by " +
            $"{nameof(Bridge)}.{nameof(Bridge.Receive)}.")))
        {
            // Nobody may be waiting for it.
            _ = _ended.Task.Exception;
        }
    }
}
