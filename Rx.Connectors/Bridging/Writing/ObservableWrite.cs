using System.Reactive.Disposables;

namespace Rx.Connectors.Bridging;

/// <summary>Turns an observable write into a task: it ends with the observable, whatever values came before (rule K1).</summary>
internal sealed class ObservableWrite<TResult> : IObserver<TResult>
{
    // Continuations run inline on purpose: the only one there may be wakes the waiting thread.
    private readonly TaskCompletionSource _completion = new();
    private readonly SingleAssignmentDisposable _subscription = new();
    private CancellationTokenRegistration _cancellation;

    public static Task Run(IObservable<TResult> source, CancellationToken cancellation)
    {
        if (source is null)
        {
            throw new InvalidOperationException("The write returned null instead of an observable.");
        }

        var write = new ObservableWrite<TResult>();
        // Registered first: what ends the write, on whatever thread, then always finds what to unregister.
        write._cancellation = cancellation.UnsafeRegister(
            static (state, token) => ((ObservableWrite<TResult>)state!).Cancel(token), write);
        write.Subscribe(source);
        return write._completion.Task;
    }

    public void OnNext(TResult value)
    {
    }

    public void OnError(Exception error)
    {
        if (_completion.TrySetException(Missing.Error(error)))
        {
            Close();
        }
    }

    public void OnCompleted()
    {
        if (_completion.TrySetResult())
        {
            Close();
        }
    }

    // What has ended while it was subscribed to has told its outcome. What its Subscribe or its subscription throws then, or at any later
    // time, does not change it.
    private void Subscribe(IObservable<TResult> source)
    {
        IDisposable subscription;
        try
        {
            subscription = source.Subscribe(this);
        }
        catch (Exception error)
        {
            OnError(error);
            return;
        }

        try
        {
            _subscription.Disposable = subscription;
        }
        catch (Exception) when (_completion.Task.IsCompleted)
        {
            // It was to be unsubscribed from at once.
        }
    }

    private void Cancel(CancellationToken token)
    {
        if (_completion.TrySetCanceled(token))
        {
            Close();
        }
    }

    private void Close()
    {
        _cancellation.Unregister();
        try
        {
            _subscription.Dispose();
        }
        catch (Exception)
        {
            // On the client's thread, or in the callback of a token, which have nothing to do with it.
        }
    }
}
