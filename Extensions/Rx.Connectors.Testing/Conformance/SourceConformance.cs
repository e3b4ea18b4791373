using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>
/// Checks a source partition by the rules S1 to S13, each by itself, and measures what it delivers when it is cut anywhere.
/// </summary>
/// <remarks>
/// The checks run in virtual time where the connector allows it, else on the real clock, on a thread of their own, and the call
/// returns when they are done. A factory is called often, each time for a run of its own, and must open a client that sends the
/// same again.
/// </remarks>
public static partial class SourceConformance
{
    /// <summary>Checks a partition whose client is its own.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position.</typeparam>
    /// <param name="build">Makes a partition, not started, of the clock and the position to resume from.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="build"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport Of<T, TPosition>(
        Func<IScheduler, ResumeState<TPosition>, StatefulSourcePartition<T, TPosition>> build, SourceConformanceOptions<T>? options)
    {
        ArgumentNullException.ThrowIfNull(build);
        return SourceChecker.Run(new StatefulSubject<T, TPosition>((clock, resume, _) => build(clock, resume)), options);
    }

    /// <summary>Checks a partition without positions whose client is its own.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="build">Makes a partition, not started.</param>
    /// <param name="options">What is known of it; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="build"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public static ConformanceReport Of<T>(
        Func<IScheduler, StatelessSourcePartition<T>> build, SourceConformanceOptions<T>? options)
    {
        ArgumentNullException.ThrowIfNull(build);
        return SourceChecker.Run(new StatelessSubject<T>((clock, _) => build(clock)), options);
    }
}
