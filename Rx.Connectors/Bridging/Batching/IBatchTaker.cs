namespace Rx.Connectors.Bridging;

/// <summary>What a partition does, under the buffer's lock, with items that come in and batches that go out.</summary>
/// <typeparam name="TItem">What comes in.</typeparam>
/// <typeparam name="TQueued">What is kept of it until it is handed out.</typeparam>
internal interface IBatchTaker<TItem, TQueued>
{
    /// <summary>
    /// Whether there is nothing to check about an item that leaves the query on the thread which sends into it, now. Not under the
    /// lock; such items come to <see cref="Accept(Span{TQueued})"/>.
    /// </summary>
    bool TryPass(in TItem item, out TQueued queued);

    /// <summary>Takes in items that needed no check, and may number them.</summary>
    /// <returns>How many to queue, which then come first.</returns>
    int Accept(Span<TQueued> items);

    /// <summary>Looks at an item before it is queued, and may number it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="queued">What to queue.</param>
    /// <param name="error">Why the source must fail, or null.</param>
    /// <returns>Whether to queue the item.</returns>
    bool Accept(in TItem item, out TQueued queued, out Exception? error);

    /// <summary>An item is dropped, as the overflow policy asks: it is neither accepted nor queued.</summary>
    void Refused(in TItem item);

    /// <summary>The source has failed, and no item is taken in any more.</summary>
    void Failed();

    /// <summary>The source has ended, and no item is taken in any more.</summary>
    /// <returns>Why this end is an error, or null.</returns>
    Exception? Completed();

    /// <summary>A poll begins. What it must not take for older than it is has to be read now.</summary>
    void Polling();

    /// <summary>A batch begins.</summary>
    void Begin(int count);

    /// <summary>The batch's items, in one or two parts.</summary>
    void Take(ReadOnlySpan<TQueued> items);

    /// <summary>A poll ends, also one that found nothing.</summary>
    /// <param name="rest">What still waits.</param>
    void End(RingQueue<TQueued> rest);
}
