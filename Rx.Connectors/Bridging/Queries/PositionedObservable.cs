using System.Reactive.Linq;

namespace Rx.Connectors.Bridging;

/// <summary>
/// The source of a query with positions. It is an ordinary observable of <see cref="Positioned{T,TState}"/>, to which every Rx
/// operator applies; its own operators take the values alone and look after the positions.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
/// <typeparam name="TState">A position.</typeparam>
public sealed class PositionedObservable<T, TState> : IObservable<Positioned<T, TState>>
{
    private readonly IObservable<Positioned<T, TState>> _source;

    internal PositionedObservable(IObservable<Positioned<T, TState>> source) => _source = source;

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<Positioned<T, TState>> observer) => _source.Subscribe(observer);

    /// <summary>Turns each value into another, which keeps its position.</summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="selector">Makes the new value. What it throws is the source's error.</param>
    /// <returns>The new values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public PositionedObservable<TResult, TState> Select<TResult>(Func<T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new(_source.Select(item => item.With(selector(item.Value))));
    }

    /// <summary>
    /// Keeps some of the values. The position moves over the others at once, so that a restart does not read them again; with
    /// Rx's own <c>Where</c> it moves when the next item leaves the query.
    /// </summary>
    /// <param name="predicate">Tells which to keep. What it throws is the source's error.</param>
    /// <returns>The values kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    public PositionedObservable<T, TState> Where(Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new(_source.Where(item => predicate(item.Value) || item.Drop()));
    }

    /// <summary>Keeps the values of one type, as of a feed that sends several kinds of messages.</summary>
    /// <typeparam name="TResult">The type to keep.</typeparam>
    /// <returns>The values kept. The position moves over the others as with <see cref="Where"/>.</returns>
    public PositionedObservable<TResult, TState> OfType<TResult>() =>
        Where(static value => value is TResult).Select(static value => (TResult)(object)value!);

    /// <summary>Makes several values of each. A batch may be cut between them, and is resumed exactly there.</summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="selector">Makes the parts, the same ones whenever it is asked again. What it throws is the source's error.</param>
    /// <returns>The parts.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public PositionedObservable<TResult, TState> SelectMany<TResult>(Func<T, IEnumerable<TResult>> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new(_source.SelectMany(item => item.Split(selector(item.Value))));
    }

    /// <summary>
    /// Folds the values into a memory that is part of the position, so that it is there again after a restart.
    /// </summary>
    /// <typeparam name="TMemory">The memory: an immutable value that can be serialised as positions are.</typeparam>
    /// <param name="memory">The memory to begin with: the stored one after a restart.</param>
    /// <param name="accumulator">Makes the new memory of the old one and a value. What it throws is the source's error.</param>
    /// <returns>The memory after each value, at a position that holds both.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accumulator"/> is null.</exception>
    public PositionedObservable<TMemory, Remembered<TState, TMemory>> Scan<TMemory>(
        TMemory memory, Func<TMemory, T, TMemory> accumulator)
    {
        ArgumentNullException.ThrowIfNull(accumulator);
        return new(Observable.Defer(() =>
        {
            var current = memory;
            return _source.Select(item =>
            {
                current = accumulator(current, item.Value);
                return item.With(current, new Remembered<TState, TMemory>(item.Position, current));
            });
        }));
    }

    /// <summary>
    /// Turns each value into another by an asynchronous call, several at a time, and lets the results out in the order of the
    /// values. Positions cannot run ahead of a call that has not ended, and what waits in here counts as waiting in the bridge.
    /// </summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="selector">The call. What it throws is the source's error, after the results before it. Its token is
    /// cancelled when the source is closed or fails.</param>
    /// <param name="maxConcurrency">The most calls at a time, at least 1.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    public PositionedObservable<TResult, TState> SelectAsync<TResult>(
        Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        return new(new OrderedAsyncMap<T, TState, TResult>(_source, selector, maxConcurrency));
    }
}

/// <summary>Leads from Rx's operators back to those that look after positions.</summary>
public static class PositionedObservableExtensions
{
    /// <summary>Offers the operators that take values alone, behind Rx's own.</summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <typeparam name="TState">A position.</typeparam>
    /// <param name="source">The result of an Rx operator over a query's source.</param>
    /// <returns>The same observable.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static PositionedObservable<T, TState> AsPositioned<T, TState>(this IObservable<Positioned<T, TState>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source as PositionedObservable<T, TState> ?? new PositionedObservable<T, TState>(source);
    }
}
