using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>Polls a partition by hand.</summary>
public static class PollExtensions
{
    private static readonly TimeSpan _defaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Polls a partition as its contract asks, when it says so by <see cref="SourcePartition{T}.NextAwake"/> and after a signal of
    /// <see cref="SourcePartition{T}.Available"/>, until it has items or ends.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="partition">The partition. Start it before: <c>partition.Start(scheduler)</c>.</param>
    /// <param name="scheduler">The clock that it was started with. A virtual one is run forward, and must be a
    /// <see cref="VirtualScheduler"/> or have been given by <see cref="VirtualTimeExtensions.WithWait"/>; on a real one the calling
    /// thread waits.</param>
    /// <param name="timeout">How long to wait on that clock. Default, null: 10 s.</param>
    /// <returns>The first batch that is not empty, a copy; null at the end.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="TimeoutException">No poll had items in that time.</exception>
    /// <remarks>What the partition throws is thrown. One call at a time.</remarks>
    public static IReadOnlyList<T>? PollNextBatch<T>(
        this SourcePartition<T> partition, IScheduler scheduler, TimeSpan? timeout = null)
    {
        var wait = Check(partition, scheduler);
        using var poller = new Poller<T>(partition, scheduler, timeout ?? _defaultTimeout);
        return poller.Next(wait);
    }

    /// <summary>Polls a partition to its end, in the same way as <see cref="PollNextBatch"/>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="partition">The partition. Start it before: <c>partition.Start(scheduler)</c>.</param>
    /// <param name="scheduler">The clock that it was started with, as for <see cref="PollNextBatch"/>.</param>
    /// <param name="timeout">How long to wait on that clock for each batch. Default, null: 10 s.</param>
    /// <returns>The batches that are not empty, copies. Each is polled when the enumeration asks for it.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks>
    /// The enumeration throws what the partition throws, and a <see cref="TimeoutException"/> if a batch has not come in that time.
    /// One enumeration at a time.
    /// </remarks>
    public static IEnumerable<IReadOnlyList<T>> PollBatches<T>(
        this SourcePartition<T> partition, IScheduler scheduler, TimeSpan? timeout = null)
    {
        var wait = Check(partition, scheduler);
        return Poll();

        IEnumerable<IReadOnlyList<T>> Poll()
        {
            using var poller = new Poller<T>(partition, scheduler, timeout ?? _defaultTimeout);
            while (poller.Next(wait) is { } batch)
            {
                yield return batch;
            }
        }
    }

    private static ISchedulerWait? Check<T>(SourcePartition<T> partition, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(scheduler);
        var wait = (scheduler as IServiceProvider)?.GetService(typeof(ISchedulerWait)) as ISchedulerWait;
        return wait is null && scheduler is VirtualTimeSchedulerBase<long, long>
            ? throw new ArgumentException("Nothing would run this virtual clock forward. Use a VirtualScheduler, or WithWait().", nameof(scheduler))
            : wait;
    }
}
