namespace Rx.Connectors.Bridging;

/// <summary>Operators for the queries of a bridge without positions, beside Rx's own.</summary>
public static class QueryExtensions
{
    /// <summary>
    /// Turns each value into another by an asynchronous call, several at a time, and lets the results out in the order of the values.
    /// Behind a bridge with positions, <see cref="PositionedObservable{T, TPosition}"/> has its own.
    /// </summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="source">The values.</param>
    /// <param name="selector">The call. What it throws is the source's error, after the results before it. Its token is cancelled when the
    /// source is closed or fails.</param>
    /// <param name="maxConcurrency">The most calls at a time, at least 1.</param>
    /// <returns>The results. What waits in here counts towards <see cref="BridgeOptions.Capacity"/>, save where it is subscribed to later
    /// than the query, as inside a <c>SelectMany</c>: there nothing bounds it.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    public static IObservable<TResult> SelectAsync<T, TResult>(
        this IObservable<T> source, Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        return new AsyncMap<T, TResult>(source, selector, maxConcurrency);
    }
}
