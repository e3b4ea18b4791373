using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

public static partial class SourceConformance
{
    /// <summary>Checks a partition over an asynchronous stream that the kit scripts, so that it fails, floods and misbehaves as needed.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="item">Makes the stream's items of their numbers, from 0. They should all differ.</param>
    /// <param name="start">The number of the item at which a stream begins that is opened at a position, or at none.</param>
    /// <param name="build">Makes a partition, not started, of a stream that is opened where it is to resume.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport OverStream<T, TPosition>(
        Func<int, T> item,
        Func<ResumeState<TPosition>, int> start,
        Func<IAsyncEnumerable<T>, IScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build,
        SourceConformanceOptions<T>? options = null) =>
        Over(item, start, static (script, clock) => new ConformanceStream<T>(script, clock), build, false, options);

    /// <summary>Checks a partition without positions over an asynchronous stream that the kit scripts.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="item">Makes the stream's items of their numbers, from 0. They should all differ.</param>
    /// <param name="build">Makes a partition, not started.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport OverStream<T>(
        Func<int, T> item,
        Func<IAsyncEnumerable<T>, IScheduler, StatelessSourcePartition<T>> build,
        SourceConformanceOptions<T>? options) =>
        Over(item, static (script, clock) => new ConformanceStream<T>(script, clock), build, false, options);

    /// <summary>Checks a partition over an observable that the kit scripts.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="item">Makes the observable's items of their numbers, from 0. They should all differ.</param>
    /// <param name="start">The number of the item at which an observable begins that is opened at a position, or at none.</param>
    /// <param name="build">Makes a partition, not started, of an observable that is opened where it is to resume.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport OverObservable<T, TPosition>(
        Func<int, T> item,
        Func<ResumeState<TPosition>, int> start,
        Func<IObservable<T>, IScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build,
        SourceConformanceOptions<T>? options = null) =>
        Over(item, start, static (script, clock) => new ConformanceObservable<T>(script, clock), build, true, options);

    /// <summary>Checks a partition without positions over an observable that the kit scripts.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="item">Makes the observable's items of their numbers, from 0. They should all differ.</param>
    /// <param name="build">Makes a partition, not started.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport OverObservable<T>(
        Func<int, T> item,
        Func<IObservable<T>, IScheduler, StatelessSourcePartition<T>> build,
        SourceConformanceOptions<T>? options) =>
        Over(item, static (script, clock) => new ConformanceObservable<T>(script, clock), build, true, options);

    private static ConformanceReport Over<T, TPosition, TClient>(
        Func<int, T> item, Func<ResumeState<TPosition>, int> start, Func<ConformanceScript<T>, IScheduler, TClient> client,
        Func<TClient, IScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build, bool isPushed,
        SourceConformanceOptions<T>? options)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(build);
        return SourceChecker.Run(
            new StatefulSubject<T, TPosition>((clock, resume, script) =>
            {
                script!.Next = start(resume);
                return build(client(script, clock), clock, resume);
            })
            { Item = item, IsPushed = isPushed },
            options);
    }

    private static ConformanceReport Over<T, TClient>(
        Func<int, T> item, Func<ConformanceScript<T>, IScheduler, TClient> client,
        Func<TClient, IScheduler, StatelessSourcePartition<T>> build, bool isPushed, SourceConformanceOptions<T>? options)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(build);
        return SourceChecker.Run(
            new StatelessSubject<T>((clock, script) => build(client(script!, clock), clock)) { Item = item, IsPushed = isPushed }, options);
    }
}
