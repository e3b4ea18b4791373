using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>How a flow is run. Read once, when it is started.</summary>
public sealed class FlowOptions
{
    /// <summary>The default of <see cref="Workers"/>: 1.</summary>
    public const int DefaultWorkers = 1;

    /// <summary>The most <see cref="Workers"/> there may be: 1,024.</summary>
    public const int MostWorkers = 1024;

    /// <summary>The default of <see cref="ExchangeCapacity"/>: 4 batches.</summary>
    public const int DefaultExchangeCapacity = 4;

    /// <summary>The default of <see cref="EpochInterval"/>: 10 s, as in Bytewax.</summary>
    public static readonly TimeSpan DefaultEpochInterval = TimeSpan.FromSeconds(10);

    /// <summary>The default of <see cref="ListTimeout"/>: 30 s.</summary>
    public static readonly TimeSpan DefaultListTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The default of <see cref="CloseTimeout"/>: 10 s, more than a client's own closing usually takes.</summary>
    public static readonly TimeSpan DefaultCloseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The default of <see cref="ProgressInterval"/>: 1 s.</summary>
    public static readonly TimeSpan DefaultProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>The clock and the thread of the workers.</summary>
    /// <value>
    /// Default, null: one of the run's own for each worker, with one background thread that waits without timers. In a test, a
    /// virtual-time scheduler: then everything runs on it and on no other thread (rule F6). All workers share one that is given.
    /// One that runs work on the thread that asks for it and holds it meanwhile, as <see cref="CurrentThreadScheduler"/> and
    /// <see cref="ImmediateScheduler"/>, is refused.
    /// </value>
    public IScheduler? Scheduler { get; init; }

    /// <summary>How many workers share the partitions of sources and sinks.</summary>
    /// <value>1 to <see cref="MostWorkers"/>. Default: <see cref="DefaultWorkers"/>.</value>
    public int Workers { get; init; } = DefaultWorkers;

    /// <summary>
    /// How many batches of one source partition may be on their way to sinks of other workers. While that many are, the
    /// partition is not polled. It is the backpressure between workers, and has nothing to do with how often positions are stored.
    /// </summary>
    /// <value>1 or more. Default: <see cref="DefaultExchangeCapacity"/>.</value>
    public int ExchangeCapacity { get; init; } = DefaultExchangeCapacity;

    /// <summary>Where positions are kept, and how. Default, null: nowhere; every run begins from the beginning.</summary>
    public RecoveryOptions? Recovery { get; init; }

    /// <summary>
    /// How long an epoch lasts: at its end positions are snapshotted and committed, and sources hear of it (rules F3, S11). An epoch
    /// begins with the first poll after the last one, so that an idle flow has none.
    /// </summary>
    /// <value>
    /// Zero or more; with zero every round with a poll is an epoch, and committed before the next round; with
    /// <see cref="TimeSpan.MaxValue"/> none is closed by time. Default: <see cref="DefaultEpochInterval"/>.
    /// </value>
    public TimeSpan EpochInterval { get; init; } = DefaultEpochInterval;

    /// <summary>Closes an epoch also when this many items were polled in it.</summary>
    /// <value>1 or more. Default, null: only time counts.</value>
    public long? MaxEpochItems { get; init; }

    /// <summary>How long sources and sinks may take to list their partitions.</summary>
    /// <value>More than zero, at most 1 day. Default: <see cref="DefaultListTimeout"/>. After it the flow fails.</value>
    public TimeSpan ListTimeout { get; init; } = DefaultListTimeout;

    /// <summary>How long a run that has ended waits for its clients to close, and for what its workers are in: a poll, a step, a write.
    /// A run that is to end waits as long, two seconds at the least, for a poll, a step, a flush or a commit to come back, and then fails;
    /// for a write it waits as long as that takes.</summary>
    /// <value>Zero or more. Default: <see cref="DefaultCloseTimeout"/>. Those that take longer are named in
    /// <see cref="FlowResult.NotClosed"/> or <see cref="FlowException.NotClosed"/>. The store closes last: when they have ended, or
    /// three quarters of the time have passed.</value>
    public TimeSpan CloseTimeout { get; init; } = DefaultCloseTimeout;

    /// <summary>How often <see cref="FlowRun.Progress"/> tells of the progress, while anybody listens.</summary>
    /// <value>More than zero. Default: <see cref="DefaultProgressInterval"/>.</value>
    public TimeSpan ProgressInterval { get; init; } = DefaultProgressInterval;
}
