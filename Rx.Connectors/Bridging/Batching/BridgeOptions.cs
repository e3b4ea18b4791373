using System.Reactive.Concurrency;

namespace Rx.Connectors.Bridging;

/// <summary>How a bridge gathers what a client sends into batches. Read once, when the partition is made.</summary>
public sealed class BridgeOptions
{
    /// <summary>The default of <see cref="MaxBatchSize"/>: 100 items.</summary>
    internal const int DefaultMaxBatchSize = 100;

    /// <summary>The default of <see cref="MaxBatchDelay"/>: 500 ms.</summary>
    internal static readonly TimeSpan DefaultMaxBatchDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>The least that <see cref="Capacity"/> is by default: 4,096 items.</summary>
    internal const int DefaultLeastCapacity = 4_096;

    /// <summary>The default of <see cref="StopTimeout"/>: 1 s.</summary>
    internal static readonly TimeSpan DefaultStopTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The most items in a batch.</summary>
    /// <value>At least 1. Default: 100.</value>
    public int MaxBatchSize { get; init; } = DefaultMaxBatchSize;

    /// <summary>How long an item may be held back for its batch to fill.</summary>
    /// <value>
    /// Zero hands out at every poll what is there. <see cref="Timeout.InfiniteTimeSpan"/> waits until a batch is full or the
    /// source has ended. Default: 500 ms.
    /// </value>
    public TimeSpan MaxBatchDelay { get; init; } = DefaultMaxBatchDelay;

    /// <summary>How many items may wait in the bridge (rule S6).</summary>
    /// <value>
    /// At least <see cref="MaxBatchSize"/>. Default, null: twice <see cref="MaxBatchSize"/>, and
    /// 4,096 at the least. Room is taken as it is needed, not in advance.
    /// </value>
    public int? Capacity { get; init; }

    /// <summary>What to do when an observable that cannot be paused sends more than <see cref="Capacity"/>.</summary>
    /// <value>Default: <see cref="OverflowPolicy.Fail"/>. Asynchronous streams are paused and do not overflow.</value>
    public OverflowPolicy Overflow { get; init; } = OverflowPolicy.Fail;

    /// <summary>The clock, where it is not to be the host's.</summary>
    /// <value>Default, null: what the host hands over; <see cref="DefaultScheduler"/> for a host that hands over none. One that runs work
    /// on the thread that asks for it, as <see cref="CurrentThreadScheduler"/>, is refused.</value>
    public IScheduler? Scheduler { get; init; }

    /// <summary>
    /// How long a client is waited for that was told to stop while a call into it was pending: a <c>MoveNextAsync</c>, or a
    /// <c>Subscribe</c>. After that it is left to itself, <c>DisposeAsync</c> fails with a <see cref="TimeoutException"/> (a flow names the
    /// partition in <c>NotClosed</c>), and the client's enumerator is disposed if the call ever ends.
    /// </summary>
    /// <value>
    /// From zero to a day; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Raise it where a client takes its time to close inside
    /// an iterator. Default: 1 s.
    /// </value>
    public TimeSpan StopTimeout { get; init; } = DefaultStopTimeout;
}
