namespace Rx.Connectors.Sources;

public static partial class Batch
{
    /// <summary>Gathers what a getter returns until it says that there is nothing now, or that the source has ended.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="getter">
    /// Returns the next item; null or <see cref="Polled{T}.Nothing"/> to end the batch; or <see cref="Polled{T}.End"/> to end the
    /// source, after which it is not called again. It must not wait, since it runs inside the step. What it throws is thrown by
    /// the steps, after the items gathered before.
    /// </param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <returns>
    /// The batches. A batch is empty when the first call of a step finds nothing. At the end the last one holds what was gathered;
    /// there is no empty one for the end alone.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="getter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <remarks>
    /// An item and null convert to <see cref="Polled{T}"/> by themselves, so a lambda over a client that returns null when it has
    /// nothing needs only the type: <c>Batch.FromGetter&lt;string&gt;(() =&gt; client.TryReceive(), 100)</c>. A client with
    /// another sentinel compares: <c>() =&gt; client.Next() is var item and not -1 ? item : Polled&lt;int&gt;.Nothing</c>.
    /// </remarks>
    public static IEnumerable<IReadOnlyList<T>> FromGetter<T>(Func<Polled<T>> getter, int count)
    {
        ArgumentNullException.ThrowIfNull(getter);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new BatchSequence<T>(() => new GetterBatches<T>(getter, count));
    }

    /// <summary>Gathers what a getter returns until it throws the exception by which its client says "nothing now".</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TException">
    /// The exception, with all derived from it: choose no wider one than the client throws, for a failure taken for "nothing
    /// now" is never seen.
    /// </typeparam>
    /// <param name="getter">As in <see cref="FromGetter{T}(Func{Polled{T}}, int)"/>, or throws. Any other exception is thrown by
    /// the steps, after the items.</param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <returns>The batches, as in <see cref="FromGetter{T}(Func{Polled{T}}, int)"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="getter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static IEnumerable<IReadOnlyList<T>> FromGetter<T, TException>(Func<Polled<T>> getter, int count)
        where TException : Exception
    {
        ArgumentNullException.ThrowIfNull(getter);
        return FromGetter(
            () =>
            {
                try
                {
                    return getter();
                }
                catch (TException)
                {
                    return Polled<T>.Nothing;
                }
            },
            count);
    }
}
