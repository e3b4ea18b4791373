namespace Rx.Connectors.Bridging;

/// <summary>
/// Takes what a feed sends. Its members never throw, save what <see cref="IDemand.TurnAway"/> throws after the end, which is caught
/// where the query is sent into, or the client subscribed to.
/// </summary>
internal interface IFeedTarget<TItem> : IObserver<TItem>
{
    void OnNextBatch(IList<TItem> batch);
}
