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
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(scheduler);
        var wait = (scheduler as IServiceProvider)?.GetService(typeof(ISchedulerWait)) as ISchedulerWait;
        if (wait is null && scheduler is VirtualTimeSchedulerBase<long, long>)
        {
            throw new ArgumentException(
                "Nothing would run this virtual clock forward. Use a VirtualScheduler, or WithWait().", nameof(scheduler));
        }

        using var poller = new Poller<T>(partition, scheduler, timeout ?? _defaultTimeout);
        return poller.Run(wait);
    }
}
