namespace Rx.Connectors.Bridging;

/// <summary>What a partition does, under the buffer's lock, with items that come in and batches that go out.</summary>
internal interface IBatchTaker<TItem>
{
    /// <summary>Looks at an item before it is queued, and may number it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="error">Why the source must fail, or null.</param>
    /// <returns>Whether to queue the item.</returns>
    bool Accept(ref TItem item, out Exception? error);

    /// <summary>The source has failed, and no item is taken in any more.</summary>
    void Failed();

    /// <summary>A batch begins.</summary>
    void Begin(int count);

    /// <summary>The batch's items, in one or two parts.</summary>
    void Take(ReadOnlySpan<TItem> items);

    /// <summary>A poll ends, also one that found nothing.</summary>
    /// <param name="rest">What still waits.</param>
    void End(RingQueue<TItem> rest);
}
