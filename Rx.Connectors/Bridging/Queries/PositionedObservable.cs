using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Rx.Connectors.Bridging;

/// <summary>
/// The source of a query with positions. It is an ordinary observable of <see cref="Positioned{T,TPosition}"/>, to which every Rx
/// operator applies; its own operators take the values alone and look after the positions.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
/// <typeparam name="TPosition">A position.</typeparam>
public sealed class PositionedObservable<T, TPosition> : IObservable<Positioned<T, TPosition>>
{
    private readonly IObservable<Positioned<T, TPosition>> _source;

    internal PositionedObservable(IObservable<Positioned<T, TPosition>> source) => _source = source;

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<Positioned<T, TPosition>> observer) => _source.Subscribe(observer);

    /// <summary>Turns each value into another, which keeps its position.</summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="selector">Makes the new value. What it throws is the source's error.</param>
    /// <returns>The new values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public PositionedObservable<TResult, TPosition> Select<TResult>(Func<T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new(_source.Select(item => item.WithValue(selector(item.Value))));
    }

    /// <summary>
    /// Keeps some of the values. The position moves over the others at once, so that a restart does not read them again; with
    /// Rx's own <c>Where</c> it moves when the next item leaves the query.
    /// </summary>
    /// <param name="predicate">Tells which to keep. What it throws is the source's error.</param>
    /// <returns>The values kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    public PositionedObservable<T, TPosition> Where(Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new(_source.Where(item =>
        {
            if (predicate(item.Value))
            {
                return true;
            }

            item.Discard();
            return false;
        }));
    }

    /// <summary>Keeps the values of one type, as of a feed that sends several kinds of messages.</summary>
    /// <typeparam name="TResult">The type to keep.</typeparam>
    /// <returns>The values kept. The position moves over the others as with <see cref="Where"/>.</returns>
    public PositionedObservable<TResult, TPosition> OfType<TResult>() =>
        Where(static value => value is TResult).Select(static value => (TResult)(object)value!);

    /// <summary>
    /// Leaves out values that equal the one before. The position moves over them at once. The memory of the last value is lost in a
    /// restart, so that the first value after it is kept.
    /// </summary>
    /// <returns>The values that differ.</returns>
    public PositionedObservable<T, TPosition> DistinctUntilChanged() => DistinctUntilChanged(static value => value);

    /// <summary>
    /// Leaves out values of which a key equals that of the one before, as <see cref="DistinctUntilChanged()"/> does.
    /// </summary>
    /// <typeparam name="TKey">The keys.</typeparam>
    /// <param name="keySelector">Tells the key. What it throws is the source's error.</param>
    /// <returns>The values that differ.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    public PositionedObservable<T, TPosition> DistinctUntilChanged<TKey>(Func<T, TKey> keySelector)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        return DroppingAtOnce(items => items.DistinctUntilChanged(item => keySelector(item.Value)));
    }

    /// <summary>Keeps a value when none has followed it for a time. Those that one followed are dropped.</summary>
    /// <param name="dueTime">How long.</param>
    /// <param name="scheduler">The clock.</param>
    /// <returns>The values kept. The position moves over the others with the next one kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    public PositionedObservable<T, TPosition> Throttle(TimeSpan dueTime, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        return DroppingGaps(items => items.Throttle(dueTime, scheduler));
    }

    /// <summary>Keeps the last value of each interval. The others are dropped.</summary>
    /// <param name="interval">How long an interval is.</param>
    /// <param name="scheduler">The clock.</param>
    /// <returns>The values kept. The position moves over the others with the next one kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    public PositionedObservable<T, TPosition> Sample(TimeSpan interval, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        return DroppingGaps(items => items.Sample(interval, scheduler));
    }

    /// <summary>Makes one value of each so many, and of the rest at the end. The position moves over all of them together.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>The values, in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public PositionedObservable<IReadOnlyList<T>, TPosition> Gather(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Gathered(_source.Buffer(count));
    }

    /// <summary>
    /// Makes one value of what comes in an interval, or of so many, whichever is first. The position moves over all of them together.
    /// After a restart the intervals are others.
    /// </summary>
    /// <param name="interval">How long an interval is.</param>
    /// <param name="count">The most values, at least 1.</param>
    /// <param name="scheduler">The clock.</param>
    /// <returns>The values, in their order; nothing for an interval without any.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    public PositionedObservable<IReadOnlyList<T>, TPosition> Gather(TimeSpan interval, int count, IScheduler scheduler)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(scheduler);
        return Gathered(_source.Buffer(interval, count, scheduler).Where(items => items.Count > 0));
    }

    /// <summary>
    /// Declares that Rx operators drop at once what they drop, as <c>Where</c>, <c>DistinctUntilChanged</c> or <c>Skip</c> do: a
    /// value of which nothing has come out when they return is dropped, and the position moves over it.
    /// </summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="query">The operators.</param>
    /// <returns>What they let out. If one of them holds values and lets them out later, the source fails with a
    /// <see cref="PositionOrderException"/> (rule S13).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public PositionedObservable<TResult, TPosition> DroppingAtOnce<TResult>(
        Func<IObservable<Positioned<T, TPosition>>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(Observable.Create<Positioned<TResult, TPosition>>(
            observer => new AtOnceRun<T, TPosition, TResult>(observer).Connect(_source, query)));
    }

    /// <summary>
    /// Declares that gaps are drops: where Rx operators, as <c>Throttle</c>, <c>Sample</c> or <c>Where</c>, let a value out, those
    /// before it that have not come out are dropped; so are those that have not when they end. The position moves over them with the
    /// next value that leaves.
    /// </summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="query">The operators.</param>
    /// <returns>What they let out. A value that comes out when it counts as dropped fails the source (rule S12).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    public PositionedObservable<TResult, TPosition> DroppingGaps<TResult>(
        Func<IObservable<Positioned<T, TPosition>>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(Observable.Create<Positioned<TResult, TPosition>>(
            observer => new GapRun<T, TPosition, TResult>(observer).Connect(_source, query)));
    }

    /// <summary>Makes several values of each. A batch may be cut between them, and is resumed exactly there.</summary>
    /// <typeparam name="TResult">The new values.</typeparam>
    /// <param name="selector">Makes the parts, the same ones whenever it is asked again. What it throws is the source's error.</param>
    /// <returns>The parts.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public PositionedObservable<TResult, TPosition> SelectMany<TResult>(Func<T, IEnumerable<TResult>> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new(_source.SelectMany(item => item.SelectParts(selector(item.Value))));
    }

    /// <summary>
    /// Folds the values into a memory, which is stored with the position and is there again after a restart.
    /// </summary>
    /// <typeparam name="TAccumulate">The memory: an immutable value that can be serialised as positions are.</typeparam>
    /// <param name="seed">The memory to begin with, where none is stored.</param>
    /// <param name="accumulator">Makes the new memory of the old one and a value. What it throws is the source's error.</param>
    /// <returns>The memory after each value.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accumulator"/> is null.</exception>
    /// <remarks>
    /// Several in a row each have their own memory. Two beside each other, in branches or one for each group, cannot be told apart when
    /// they resume, and fail the source: keep what they remember in one, before they part. A stored memory that cannot be read as
    /// <typeparamref name="TAccumulate"/> fails the source, and nothing is lost.
    /// </remarks>
    public PositionedObservable<TAccumulate, TPosition> Scan<TAccumulate>(TAccumulate seed, Func<TAccumulate, T, TAccumulate> accumulator)
    {
        ArgumentNullException.ThrowIfNull(accumulator);
        QueryPassage.Composed?.Memory.HasScan = true;
        var scan = new object();
        return new(Observable.Defer(() =>
        {
            var current = seed;
            var before = -1;
            return _source.Select(item =>
            {
                if (before != item.Scans)
                {
                    current = before < 0 ? item.Passage is { } passage ? passage.Memory.Begin(scan, item.Scans, seed) : seed
                        : throw MemoryLog.BehindBranches();
                    before = item.Scans;
                }

                current = accumulator(current, item.Value);
                return item.Remember(current);
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
    public PositionedObservable<TResult, TPosition> SelectAsync<TResult>(
        Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        return new(new PositionedAsyncMap<T, TPosition, TResult>(_source, selector, maxConcurrency));
    }

    private static PositionedObservable<IReadOnlyList<T>, TPosition> Gathered(IObservable<IList<Positioned<T, TPosition>>> lists) =>
        new(lists.Select(static items => items.Gather<T, TPosition, IReadOnlyList<T>>([.. items.Select(static item => item.Value)])));
}

/// <summary>Leads from Rx's operators back to those that look after positions.</summary>
public static class PositionedObservableExtensions
{
    /// <summary>Offers the operators that take values alone, behind Rx's own.</summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="source">The result of an Rx operator over a query's source.</param>
    /// <returns>The same observable.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static PositionedObservable<T, TPosition> AsPositioned<T, TPosition>(this IObservable<Positioned<T, TPosition>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source as PositionedObservable<T, TPosition> ?? new PositionedObservable<T, TPosition>(source);
    }

    /// <summary>A value that stands for several: it leaves in their place, and the position moves over all of them together.</summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <typeparam name="TResult">The new value's type.</typeparam>
    /// <param name="items">All that it stands for, at least one, as of Rx's <c>Buffer</c>. None of them may leave by itself.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The value, with the position of the last one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="items"/> is empty, or they are not of one query.</exception>
    public static Positioned<TResult, TPosition> Gather<T, TPosition, TResult>(this IEnumerable<Positioned<T, TPosition>> items, TResult value)
    {
        ArgumentNullException.ThrowIfNull(items);
        var all = items as IReadOnlyList<Positioned<T, TPosition>> ?? [.. items];
        if (all.Count == 0)
        {
            throw new ArgumentException("There is nothing to gather. Leave empty lists out before, as those of a Buffer by time.", nameof(items));
        }

        var last = all[0];
        foreach (var item in all)
        {
            if (item.Passage != last.Passage)
            {
                throw new ArgumentException("The items are not of one query.", nameof(items));
            }

            last = item.Entry >= last.Entry ? item : last;
        }

        return last.Gather(value, last.Passage is null ? null : Bridging.Gathered.Of(all));
    }
}
