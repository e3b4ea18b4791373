using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Bridging;

/// <summary>An observable that nobody can pause.</summary>
internal sealed class ObservableFeed<TItem>(IObservable<TItem> source) : Feed<TItem>
{
    public override bool CanPause => false;

    public override FeedConnection Connect(IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler) =>
        Subscription.To(source, target);
}

/// <summary>An observable of batches that the user's own query has gathered.</summary>
internal sealed class BatchedFeed<TItem>(IObservable<IList<TItem>> source) : Feed<TItem>
{
    public override bool CanPause => false;

    public override FeedConnection Connect(IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler) =>
        Subscription.To(source, new BatchObserver<TItem>(target));
}

internal sealed class BatchObserver<TItem>(IFeedTarget<TItem> target) : IObserver<IList<TItem>>
{
    public void OnNext(IList<TItem> value)
    {
        if (value is null)
        {
            target.OnError(new InvalidOperationException("The observable of batches sent null instead of a list."));
        }
        else
        {
            target.OnNextBatch(value);
        }
    }

    public void OnError(Exception error) => target.OnError(error);

    public void OnCompleted() => target.OnCompleted();
}

/// <summary>Nothing, and then the end.</summary>
internal sealed class EmptyFeed<TItem> : Feed<TItem>
{
    public override bool CanPause => false;

    public override bool IsCalledInConnect => false;

    public override FeedConnection Connect(IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler)
    {
        target.OnCompleted();
        return new FeedConnection(Disposable.Empty, static () => Task.CompletedTask);
    }
}

internal static class Subscription
{
    /// <summary>Subscribes to a client's observable; an exception in its <c>Subscribe</c> is an error like any other (S9).</summary>
    public static FeedConnection To<T>(IObservable<T> source, IObserver<T> observer)
    {
        var subscription = new SingleAssignmentDisposable();
        try
        {
            subscription.Disposable = source.Subscribe(observer);
        }
        catch (Exception subscribeFailed)
        {
            observer.OnError(subscribeFailed);
        }

        return new FeedConnection(subscription, static () => Task.CompletedTask);
    }
}
