using System.Reactive.Concurrency;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>Checks a sink partition by the rules K1 to K7, each by itself, and measures what a restart loses or repeats.</summary>
/// <remarks>As with <see cref="SourceConformance"/>: in virtual time where the connector allows it, on a thread of its own.</remarks>
public static class SinkConformance
{
    /// <summary>Checks a partition with positions by what its destination holds.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="item">Makes items of numbers, from 0. They must all differ.</param>
    /// <param name="build">Makes a partition, not started, of the clock and the position to resume from. Each is closed before the
    /// next is made for the same destination.</param>
    /// <param name="written">What the destination holds now, in its order. What was there before a run does not matter.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport Of<T, TPosition>(
        Func<int, T> item, Func<IScheduler, ResumeState<TPosition>, StatefulSinkPartition<T, TPosition>> build,
        Func<IReadOnlyList<T>> written, SinkConformanceOptions? options)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(build);
        ArgumentNullException.ThrowIfNull(written);
        return SinkChecker.Run(options, (settings, findings, kind, watch) =>
            new DestinationChecks<T, TPosition>(item, build, written, settings, findings, kind, watch).Run());
    }

    /// <summary>Checks a partition without positions by what its destination holds.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="item">Makes items of numbers, from 0. They must all differ.</param>
    /// <param name="build">Makes a partition, not started.</param>
    /// <param name="written">What the destination holds now, in its order. What was there before a run does not matter.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport Of<T>(
        Func<int, T> item, Func<IScheduler, StatelessSinkPartition<T>> build,
        Func<IReadOnlyList<T>> written, SinkConformanceOptions? options)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(build);
        ArgumentNullException.ThrowIfNull(written);
        return SinkChecker.Run(options, (settings, findings, kind, watch) =>
            new DestinationChecks<T, bool>(item, (clock, _) => build(clock), written, settings, findings, kind, watch).Run());
    }

    /// <summary>Checks a partition that writes item by item, over a write that the kit scripts so that it is slow, fails and hangs.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="item">Makes items of numbers, from 0. They must all differ.</param>
    /// <param name="build">Makes a partition, not started, of the write, as a client would offer it, and the clock.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport OverWrites<T>(
        Func<int, T> item, Func<Func<T, CancellationToken, Task>, IScheduler, SinkPartition<T>> build,
        SinkConformanceOptions? options = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(build);
        return SinkChecker.Run(options, (settings, findings, kind, watch) =>
            new WriteChecks<T>(item, build, settings, findings, kind, watch).Run());
    }
}
