namespace Rx.Connectors.Sources;

public static partial class Batch
{
    /// <summary>Gathers what a getter returns until it returns null, which ends the batch.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="getter">
    /// Returns the next item, or null when there is none at the moment. It must not wait: it runs inside the step. What it
    /// throws is thrown by the steps, after the items gathered before. To end the source it returns a <see cref="Polled{T}"/>.
    /// </param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <returns>The batches, without end. A batch is empty when the first call of a step finds nothing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="getter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static IEnumerable<IReadOnlyList<T>> FromGetter<T>(Func<T?> getter, int count)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(getter);
        return FromGetter(() => Polled<T>.From(getter()), count);
    }

    /// <inheritdoc cref="FromGetter{T}(Func{T}, int)"/>
    public static IEnumerable<IReadOnlyList<T>> FromGetter<T>(Func<T?> getter, int count)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(getter);
        return FromGetter(() => getter() is { } item ? Polled<T>.From(item) : Polled<T>.Nothing, count);
    }

    /// <summary>Gathers what a getter returns until it returns a sentinel, which ends the batch.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="getter">As in <see cref="FromGetter{T}(Func{T}, int)"/>.</param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <param name="nothing">What the getter returns when there is no item at the moment, by the type's own equality.</param>
    /// <returns>The batches, without end. A batch is empty when the first call of a step finds nothing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="getter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static IEnumerable<IReadOnlyList<T>> FromGetter<T>(Func<T> getter, int count, T nothing)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return FromGetter(
            () =>
            {
                var item = getter();
                return EqualityComparer<T>.Default.Equals(item, nothing) ? Polled<T>.Nothing : Polled<T>.From(item);
            },
            count);
    }

    /// <summary>Gathers what a getter returns until it says that there is nothing now, or that the source has ended.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="getter">
    /// Returns the next item, <see cref="Polled{T}.Nothing"/> to end the batch, or <see cref="Polled{T}.End"/> to end the
    /// source; after that it is not called again. It must not wait. What it throws is thrown by the steps, after the items
    /// gathered before.
    /// </param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <returns>The batches. At the end the last one holds what was gathered; there is no empty one for the end alone.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="getter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
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
    /// <param name="getter">Returns the next item, or throws. Any other exception is thrown by the steps, after the items.</param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <returns>The batches, without end. A batch is empty when the first call of a step finds nothing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="getter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static IEnumerable<IReadOnlyList<T>> FromGetter<T, TException>(Func<T> getter, int count)
        where TException : Exception
    {
        ArgumentNullException.ThrowIfNull(getter);
        return FromGetter<T, TException>(() => Polled<T>.From(getter()), count);
    }

    /// <summary>The same for a getter that can also say that the source has ended.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TException">The exception, as in <see cref="FromGetter{T, TException}(Func{T}, int)"/>.</typeparam>
    /// <param name="getter">As in <see cref="FromGetter{T}(Func{Polled{T}}, int)"/>, or throws.</param>
    /// <param name="count">The most items in a batch, at least 1.</param>
    /// <returns>The batches. At the end the last one holds what was gathered; there is no empty one for the end alone.</returns>
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
