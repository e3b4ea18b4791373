namespace Rx.Connectors.Bridging;

public static partial class Bridge
{
    /// <summary>Bridges an asynchronous write of one item.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="write">
    /// Writes an item; its task ends when the item is written. The token is cancelled when a write has run into its timeout and
    /// when the partition is closed. It is called on the thread that writes the batch, and what it awaits comes back to it.
    /// </param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public static SinkBridge<T> To<T>(Func<T, CancellationToken, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new SinkBridge<T>(() => new ItemWriter<T>(write));
    }

    /// <summary>Bridges a write of one item that is an observable.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What the write answers, which is not looked at.</typeparam>
    /// <param name="write">Begins to write an item when subscribed to. Its completion is the confirmation, with or without
    /// values before it. It is unsubscribed from where <see cref="To{T}(Func{T, CancellationToken, Task})"/> is cancelled.</param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public static SinkBridge<T> To<T, TResult>(Func<T, IObservable<TResult>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return To<T>((item, cancellation) => ObservableWrite<TResult>.Run(write(item), cancellation));
    }

    /// <summary>Bridges an asynchronous write of a whole batch, for clients that write many items at once.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="write">
    /// Writes a batch; its task ends when every item is written. The list is the caller's: it is valid until the task ends.
    /// A failure counts for all of the batch's items, and a retry writes all of them again.
    /// </param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public static SinkBridge<T> ToBatches<T>(Func<IReadOnlyList<T>, CancellationToken, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new SinkBridge<T>(() => new WholeWriter<T>(write));
    }

    /// <summary>Bridges a write of a whole batch that is an observable.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What the write answers, which is not looked at.</typeparam>
    /// <param name="write">Begins to write a batch when subscribed to, as in <see cref="To{T, TResult}(Func{T, IObservable{TResult}})"/>.</param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public static SinkBridge<T> ToBatches<T, TResult>(Func<IReadOnlyList<T>, IObservable<TResult>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return ToBatches<T>((items, cancellation) => ObservableWrite<TResult>.Run(write(items), cancellation));
    }
}
