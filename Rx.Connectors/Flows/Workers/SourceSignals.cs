using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>What a source partition says by itself: that it is to be polled.</summary>
/// <param name="signal">Hears of each, from any thread.</param>
/// <param name="scheduler">The worker's; a client that blocks when it is unsubscribed from does so beside it.</param>
internal sealed class SourceSignals(Action signal, IScheduler scheduler)
{
    private IDisposable? _subscription;
    private Exception? _failure;
    private volatile bool _areOver;
    private volatile object? _listening;

    public bool IsSubscribed => Volatile.Read(ref _subscription) is not null;

    /// <summary>Whether there may be more of them.</summary>
    public bool MayCome => IsSubscribed && !_areOver;

    /// <summary>Why there will be no more; the next poll that finds nothing tells.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public void Subscribe(IObservable<Unit>? available)
    {
        var listening = _listening = new object();
        _subscription = available?.Subscribe(
            _ => signal(),
            // On the client's thread it would end the process.
            error => End(listening, error),
            // What comes from now on is found by polling.
            () => End(listening, null));
    }

    public void Unsubscribe() => Unsubscribe(_subscription);

    /// <summary>Unsubscribes where a client that blocks does not hold up the worker.</summary>
    public void UnsubscribeBeside()
    {
        if (_subscription is { } subscription)
        {
            _ = scheduler.Beside(() => Unsubscribe(subscription));
        }
    }

    /// <summary>Forgets those of a partition that is let go.</summary>
    public void Forget()
    {
        _listening = null;
        UnsubscribeBeside();
        _subscription = null;
        _areOver = false;
        Volatile.Write(ref _failure, null);
    }

    private void End(object listening, Exception? error)
    {
        if (_listening != listening)
        {
            // Those of a partition that is let go.
            return;
        }

        Volatile.Write(ref _failure, error);
        _areOver = error is null;
        signal();
    }

    private static void Unsubscribe(IDisposable? subscription)
    {
        try
        {
            subscription?.Dispose();
        }
        catch (Exception)
        {
            // Its signals are not listened to any more, and everything else has still to be closed.
        }
    }
}
