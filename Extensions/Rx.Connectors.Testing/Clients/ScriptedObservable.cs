using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Testing;

/// <summary>Plays a script to each observer. One action after the other, so that a drawn order cannot shuffle it.</summary>
internal sealed class ScriptedObservable<T>(ClientStep<T>[] steps, IScheduler clock) : IObservable<T>
{
    private readonly DateTimeOffset _start = clock.Now;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        var subscription = new MultipleAssignmentDisposable();
        ScheduleNext(observer, subscription, 0);
        return subscription;
    }

    private void ScheduleNext(IObserver<T> observer, MultipleAssignmentDisposable subscription, int next)
    {
        if (next < steps.Length)
        {
            subscription.Disposable = clock.Schedule(
                (Self: this, observer, subscription, next), _start + steps[next].At, static (_, play) =>
                {
                    play.Self.Play(play.observer, play.subscription, play.next);
                    return Disposable.Empty;
                });
        }
    }

    private void Play(IObserver<T> observer, MultipleAssignmentDisposable subscription, int next)
    {
        for (; next < steps.Length && _start + steps[next].At <= clock.Now; next++)
        {
            if (subscription.IsDisposed)
            {
                return;
            }

            switch (steps[next])
            {
                case { Kind: ClientStepKind.Deliver } step:
                    observer.OnNext(step.Item!);
                    break;
                case { Kind: ClientStepKind.Fail } step:
                    observer.OnError(step.Error!);
                    return;
                default:
                    observer.OnCompleted();
                    return;
            }
        }

        ScheduleNext(observer, subscription, next);
    }
}
