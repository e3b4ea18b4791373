using System.Reactive.Disposables;

namespace Rx.Connectors.Testing;

// Not made of Rx's own operators: they would mend a client that breaks the grammar, and its host would never meet it.
internal sealed class WatchedObservable<T>(
    IObservable<T> source, RecordingLane lane, RecordedKind kind, Func<T, object?> text) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        lane.Note(RecordedKind.Opened);
        var subscription = lane.Try(() => source.Subscribe(new Observer(observer, lane, kind, text)));
        return Disposable.Create(() => lane.Close(subscription.Dispose));
    }

    private sealed class Observer(IObserver<T> next, RecordingLane lane, RecordedKind kind, Func<T, object?> text) : IObserver<T>
    {
        public void OnNext(T value)
        {
            lane.Note(kind, text(value));
            next.OnNext(value);
        }

        public void OnError(Exception error)
        {
            lane.Failed(error);
            next.OnError(error);
        }

        public void OnCompleted()
        {
            lane.Note(RecordedKind.Completed);
            next.OnCompleted();
        }
    }
}
