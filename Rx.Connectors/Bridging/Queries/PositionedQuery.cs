using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Rx.Connectors.Bridging;

/// <summary>A user's query over items with positions: one that lets out items, or one that gathers them into batches.</summary>
internal sealed class PositionedQuery<T, TResult, TPosition>
{
    public Func<PositionedObservable<T, TPosition>, IScheduler, IObservable<Positioned<TResult, TPosition>>>? Items { get; init; }

    public Func<PositionedObservable<T, TPosition>, IScheduler, IObservable<IList<Positioned<TResult, TPosition>>>>? Batches { get; init; }

    /// <summary>The query over what this one lets out.</summary>
    public PositionedQuery<T, TNext, TPosition> Then<TNext>(PositionedQuery<TResult, TNext, TPosition> next) => new()
    {
        Items = next.Items is { } items ? (source, clock) => items(Out(source, clock), clock) : null,
        Batches = next.Batches is { } batches ? (source, clock) => batches(Out(source, clock), clock) : null,
    };

    public FeedConnection Connect(
        IObservable<Positioned<T, TPosition>> source, IScheduler clock, IFeedTarget<Positioned<TResult, TPosition>> target) =>
        Items is { } items
            ? Subscription.To(items(new(source), clock), target)
            : Subscription.To(Batches!(new(source), clock), new BatchObserver<Positioned<TResult, TPosition>>(target));

    private PositionedObservable<TResult, TPosition> Out(PositionedObservable<T, TPosition> source, IScheduler clock) =>
        (Items?.Invoke(source, clock) ?? Batches!(source, clock).SelectMany(static batch => batch)).AsPositioned();
}
