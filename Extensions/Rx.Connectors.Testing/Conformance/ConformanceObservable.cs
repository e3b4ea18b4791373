using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Testing;

/// <summary>A scripted observable, which cannot be paused and may break Rx's grammar.</summary>
internal sealed class ConformanceObservable<T>(ConformanceScript<T> script, IScheduler clock) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        script.Opened++;
        if (script.Fault == ClientFault.ThrowsWhenOpened)
        {
            throw script.Error;
        }

        var timer = new SerialDisposable();
        Next(observer, timer);
        return Disposable.Create((script, timer), static one =>
        {
            one.script.Closed++;
            one.script.IsCancelled = true;
            one.script.Timers = 0;
            one.timer.Dispose();
            if (one.script.Fault == ClientFault.ThrowsWhenClosed)
            {
                throw one.script.Error;
            }
        });
    }

    // Always as an action of its own, so that Subscribe returns first.
    private void Next(IObserver<T> observer, SerialDisposable timer)
    {
        if (script.IsOver && script.End == ClientEnd.Never)
        {
            return;
        }

        script.Timers++;
        timer.Disposable = clock.Schedule(script.Gap, () =>
        {
            script.Timers--;
            Send(observer, timer);
        });
    }

    private void Send(IObserver<T> observer, SerialDisposable timer)
    {
        if (!script.IsOver)
        {
            observer.OnNext(script.Deliver(clock.Now));
            Next(observer, timer);
            return;
        }

        if (script.End == ClientEnd.Fails)
        {
            observer.OnError(script.Error);
        }
        else
        {
            observer.OnCompleted();
        }

        if (script.Fault == ClientFault.GoesOnAfterTheEnd)
        {
            observer.OnNext(script.Deliver(clock.Now));
            observer.OnError(script.Error);
            observer.OnCompleted();
        }
    }
}
