using System.Reactive.Concurrency;

namespace Rx.Connectors.Bridging;

/// <summary>Gives each item of a feed its position.</summary>
internal sealed class PositionFeed<T, TPosition>(Feed<T> feed, Func<T, TPosition> position) : Feed<Positioned<T, TPosition>>
{
    public override bool CanPause => feed.CanPause;

    public override bool IsCalledInConnect => feed.IsCalledInConnect;

    public override bool SendsInRuns => feed.SendsInRuns;

    public override FeedConnection Connect(IFeedTarget<Positioned<T, TPosition>> target, IDemand demand, IScheduler scheduler) =>
        feed.Connect(new Target(target, position), demand, scheduler);

    private sealed class Target(IFeedTarget<Positioned<T, TPosition>> target, Func<T, TPosition> position) : IFeedTarget<T>
    {
        public void OnNext(T value)
        {
            TPosition after;
            try
            {
                after = position(value);
            }
            catch (Exception selectorFailed)
            {
                target.OnError(selectorFailed);
                return;
            }

            target.OnNext(new Positioned<T, TPosition>(value, after));
        }

        public void OnNextBatch(IList<T> batch)
        {
            var positioned = new List<Positioned<T, TPosition>>(batch.Count);
            try
            {
                positioned.AddRange(batch.Select(item => new Positioned<T, TPosition>(item, position(item))));
            }
            catch (Exception selectorFailed)
            {
                target.OnError(selectorFailed);
                return;
            }

            target.OnNextBatch(positioned);
        }

        public void OnError(Exception error) => target.OnError(error);

        public void OnCompleted() => target.OnCompleted();
    }
}
