namespace Rx.Connectors.Bridging;

/// <summary>
/// Where it begins: <c>From</c> a client that sends to a partition that is polled, <c>To</c> a client that is written to.
/// </summary>
public static partial class Bridge
{
    /// <summary>Bridges an asynchronous stream. It is pulled only while there is room.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="stream">
    /// The stream, enumerated once by each partition made of it. Its token is cancelled, and its enumerator disposed, when the
    /// partition is closed; there is never more than one <c>MoveNextAsync</c> at a time.
    /// </param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static SourceBridge<T> From<T>(IAsyncEnumerable<T> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new SourceBridge<T>(new AsyncFeed<T>(stream));
    }

    /// <summary>Bridges an observable. It cannot be paused: <see cref="BridgeOptions.Overflow"/> says what happens when it floods.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="source">The observable, subscribed to once by each partition made of it.</param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static SourceBridge<T> From<T>(IObservable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new SourceBridge<T>(new ObservableFeed<T>(source));
    }

    /// <summary>Bridges an asynchronous stream whose items tell their position.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="stream">The stream, as in <see cref="From{T}(IAsyncEnumerable{T})"/>, opened where it is to resume.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static PositionedSourceBridge<T, TPosition> From<T, TPosition>(IAsyncEnumerable<T> stream, Func<T, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(position);
        return Positioned(new AsyncFeed<T>(stream), position);
    }

    /// <summary>Bridges an asynchronous stream of items with positions.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="stream">The stream, as in <see cref="From{T}(IAsyncEnumerable{T})"/>, opened where it is to resume.</param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static PositionedSourceBridge<T, TPosition> From<T, TPosition>(IAsyncEnumerable<Positioned<T, TPosition>> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(new DirectPlan<T, TPosition>(new AsyncFeed<Positioned<T, TPosition>>(stream)));
    }

    /// <summary>Bridges an observable whose items tell their position.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="source">The observable, as in <see cref="From{T}(IObservable{T})"/>, opened where it is to resume.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static PositionedSourceBridge<T, TPosition> From<T, TPosition>(IObservable<T> source, Func<T, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(position);
        return Positioned(new ObservableFeed<T>(source), position);
    }

    /// <summary>Bridges an observable of items with positions.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="source">The observable, as in <see cref="From{T}(IObservable{T})"/>, opened where it is to resume.</param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static PositionedSourceBridge<T, TPosition> From<T, TPosition>(IObservable<Positioned<T, TPosition>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(new DirectPlan<T, TPosition>(new ObservableFeed<Positioned<T, TPosition>>(source)));
    }

    /// <summary>
    /// Bridges an observable that gathers batches itself, with any of Rx's operators. They are handed out as they are;
    /// <see cref="BridgeOptions.MaxBatchSize"/> and <see cref="BridgeOptions.MaxBatchDelay"/> do not apply, empty ones are passed over.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="source">The observable. A list must not be changed after it was sent.</param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static SourceBridge<T> FromBatches<T>(IObservable<IList<T>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new SourceBridge<T>(new BatchedFeed<T>(source));
    }

    private static PositionedSourceBridge<T, TPosition> Positioned<T, TPosition>(Feed<T> feed, Func<T, TPosition> position) =>
        new(new DirectPlan<T, TPosition>(new PositionFeed<T, TPosition>(feed, position)));
}
