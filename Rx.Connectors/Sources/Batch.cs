namespace Rx.Connectors.Sources;

/// <summary>
/// Turns what hands out single items into batches, one at each step of an iterator. In a partition of one's own,
/// <c>NextBatch() => batches.MoveNext() ? batches.Current : null</c> is then all there is to write.
/// </summary>
/// <remarks>
/// <para>All of them share this: enumerating opens the input, and enumerating again opens it again. A batch is a new list that
/// belongs to the caller. When the input fails in the middle of a batch, the items gathered so far are given first; the next
/// step throws the failure, and so does every step after it, so that an error never looks like the end (rule S3). A step after
/// the iterator was disposed, or that waits when it is, throws <see cref="ObjectDisposedException"/>.</para>
/// <para>An iterator is stepped by one thread at a time, and only that of <see cref="FromAsync"/> may be disposed from another.
/// What a step gave is all that was taken from the input, but for the one read that <see cref="FromAsync"/> keeps pending.</para>
/// </remarks>
public static partial class Batch
{
    /// <summary>Groups items into batches. None is empty: without items there are no batches.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="items">The items. They are taken while a step runs, and never more than the batch can hold.</param>
    /// <param name="count">The most items in a batch, at least 1. All batches but the last have as many.</param>
    /// <returns>The batches.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static IEnumerable<IReadOnlyList<T>> Of<T>(IEnumerable<T> items, int count)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new BatchSequence<T>(() => new ItemBatches<T>(items.GetEnumerator(), count));
    }
}
