using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>How a flow is run. The options are immutable, and are checked when a flow is started with them.</summary>
public sealed class FlowOptions
{
    private const int MostWorkers = 1024;

    private static readonly TimeSpan _aDay = TimeSpan.FromDays(1);

    /// <summary>The clock and the thread of the workers.</summary>
    /// <value>
    /// Default, null: one of the run's own for each worker, with one background thread that waits without timers. In a test, a
    /// virtual-time scheduler: then everything runs on it and on no other thread (rule F6). All workers share one that is given.
    /// One that runs work on the thread that asks for it and holds it meanwhile, as <see cref="CurrentThreadScheduler"/> and
    /// <see cref="ImmediateScheduler"/>, is refused.
    /// </value>
    public IScheduler? Scheduler { get; init; }

    /// <summary>How many workers share the partitions of sources and sinks.</summary>
    /// <value>1 to 1,024. Default: 1.</value>
    public int Workers { get; init; } = 1;

    /// <summary>
    /// How many batches of one source partition may be on their way to sinks of other workers. While that many are, the
    /// partition is not polled. It is the backpressure between workers, and has nothing to do with how often positions are stored.
    /// </summary>
    /// <value>1 or more. Default: 4 batches.</value>
    public int ExchangeCapacity { get; init; } = 4;

    /// <summary>Where positions are kept, and how. Default, null: nowhere; every run begins from the beginning.</summary>
    public RecoveryOptions? Recovery { get; init; }

    /// <summary>
    /// How long an epoch lasts: at its end positions are snapshotted and committed, and sources hear of it (rules F3, S11). An epoch
    /// begins with the first poll after the last one, so that an idle flow has none.
    /// </summary>
    /// <value>
    /// Zero or more; with zero every round with a poll is an epoch, and committed before the next round; with
    /// <see cref="TimeSpan.MaxValue"/> none is closed by time. Default: 10 s, as in Bytewax.
    /// </value>
    public TimeSpan EpochInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Closes an epoch also when this many items were polled in it.</summary>
    /// <value>1 or more. Default, null: only time counts.</value>
    public long? MaxEpochItems { get; init; }

    /// <summary>How long sources and sinks may take to list their partitions.</summary>
    /// <value>More than zero, at most 1 day. Default: 30 s. After it the flow fails.</value>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a run that has ended waits for its clients to close, and for what its workers are in: a poll, a step, a write.
    /// A run that is to end waits as long, two seconds at the least, for a poll, a step, a flush or a commit to come back, and then fails;
    /// for a write it waits as long as that takes.</summary>
    /// <value>Zero or more. Default: 10 s, more than a client's own closing usually takes. Those that take longer are named in
    /// <see cref="FlowResult.NotClosed"/> or <see cref="FlowException.NotClosed"/>. The store closes last: when they have ended, or
    /// three quarters of the time have passed.</value>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often <see cref="FlowRun.Progress"/> tells of the progress, while anybody listens.</summary>
    /// <value>More than zero. Default: 1 s.</value>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for a partition that has failed to close, before it is built again.</summary>
    internal TimeSpan RestartCloseTimeout => CloseTimeout < _aDay ? CloseTimeout : _aDay;

    /// <summary>Checks the options; null stands for the defaults.</summary>
    internal static FlowOptions Check(FlowOptions? options)
    {
        options ??= new FlowOptions();
        options.RefuseInPlace();
        var check = new OptionCheck(nameof(FlowOptions), nameof(options));
        check.Refuse(options.Workers is < 1 or > MostWorkers, nameof(Workers), options.Workers, $"from 1 to {MostWorkers}");
        check.Refuse(options.ExchangeCapacity < 1, nameof(ExchangeCapacity), options.ExchangeCapacity, "1 or more");
        check.Refuse(options.EpochInterval < TimeSpan.Zero, nameof(EpochInterval), options.EpochInterval, "zero or more");
        check.Refuse(options.MaxEpochItems < 1, nameof(MaxEpochItems), options.MaxEpochItems, "1 or more, or null");
        check.Refuse(
            options.ListTimeout <= TimeSpan.Zero || options.ListTimeout > _aDay, nameof(ListTimeout), options.ListTimeout,
            "more than zero and at most 1 day");
        check.Refuse(options.CloseTimeout < TimeSpan.Zero, nameof(CloseTimeout), options.CloseTimeout, "zero or more");
        check.Refuse(options.ProgressInterval <= TimeSpan.Zero, nameof(ProgressInterval), options.ProgressInterval, "more than zero");
        options.Recovery?.Check($"{nameof(options)}.{nameof(Recovery)}");
        return options;
    }

    private void RefuseInPlace()
    {
        if (Scheduler?.RunsInPlace() == true)
        {
            throw new ArgumentException(
                $"FlowOptions.Scheduler must not be a scheduler that holds whoever schedules, as {TypeName.Of(Scheduler.GetType())} does: the flow " +
                "would wait for itself. Leave it null for a thread for each worker, or give an EventLoopScheduler; in a test, a virtual-time scheduler.",
                $"options.{nameof(Scheduler)}");
        }
    }
}
