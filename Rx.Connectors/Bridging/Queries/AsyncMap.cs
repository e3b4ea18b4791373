using System.Reactive.Disposables;

namespace Rx.Connectors.Bridging;

/// <summary>Ordered calls for values with positions.</summary>
internal sealed class PositionedAsyncMap<T, TPosition, TResult>(
    IObservable<Positioned<T, TPosition>> source, Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency)
    : IObservable<Positioned<TResult, TPosition>>
{
    public IDisposable Subscribe(IObserver<Positioned<TResult, TPosition>> observer)
    {
        var run = new Run(observer, selector, maxConcurrency);
        return StableCompositeDisposable.Create(source.Subscribe(run), run);
    }

    private sealed class Run(
        IObserver<Positioned<TResult, TPosition>> observer, Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency)
        : OrderedAsyncRun<Positioned<T, TPosition>, T, TResult, Positioned<TResult, TPosition>>(observer, selector, maxConcurrency)
    {
        protected override T ValueOf(Positioned<T, TPosition> item) => item.Value;

        protected override long NumberOf(Positioned<T, TPosition> item) => item.Entry;

        protected override IDemand? DemandOf(Positioned<T, TPosition> item) => item.Passage?.Demand;

        protected override Action<Exception>? FailOf(Positioned<T, TPosition> item) => item.Passage?.Fail;

        // The position moves on.
        protected override void Discard(Positioned<T, TPosition> item) => item.Discard();

        protected override Positioned<TResult, TPosition> Result(Positioned<T, TPosition> item, TResult result) => item.WithValue(result);
    }
}

/// <summary>Ordered calls for values alone.</summary>
internal sealed class AsyncMap<T, TResult>(IObservable<T> source, Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency)
    : IObservable<TResult>
{
    public IDisposable Subscribe(IObserver<TResult> observer)
    {
        var run = new Run(observer, selector, maxConcurrency, QueryRoom.Current);
        return StableCompositeDisposable.Create(source.Subscribe(run), run);
    }

    private sealed class Run(
        IObserver<TResult> observer, Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency, QueryRoom? room)
        : OrderedAsyncRun<T, T, TResult, TResult>(observer, selector, maxConcurrency)
    {
        private long _number = room?.NextHolder() ?? 0;

        protected override T ValueOf(T item) => item;

        protected override long NumberOf(T item) => _number++;

        protected override IDemand? DemandOf(T item) => room?.Demand;

        protected override Action<Exception>? FailOf(T item) => room?.Fail;

        protected override void Discard(T item)
        {
            // It has no position that could move.
        }

        protected override TResult Result(T item, TResult result) => result;
    }
}
