using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>How a batch is written. Read once, when the partition is made.</summary>
public sealed class WriteOptions
{
    /// <summary>The default of <see cref="MaxConcurrency"/>: 1.</summary>
    internal const int DefaultMaxConcurrency = 1;

    /// <summary>The default of <see cref="MaxRetryAttempts"/>: 0.</summary>
    internal const int DefaultMaxRetryAttempts = 0;

    /// <summary>The default of <see cref="Timeout"/>: 30 s.</summary>
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The most writes in flight at a time (rule K2).</summary>
    /// <value>At least 1, which also keeps the items' order. Default: 1. A write of whole
    /// batches is always alone. It bounds one partition: in a flow of several workers each has its own, so that a client which they
    /// share sees up to as many writes at a time as there are workers, times this.</value>
    public int MaxConcurrency { get; init; } = DefaultMaxConcurrency;

    /// <summary>How long one try of a write may take (rule K4).</summary>
    /// <value>
    /// More than zero, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>. Default: 30 s. A
    /// write that runs into it is not retried: it may still be on its way, and a second one would be written beside it.
    /// </value>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How often a failed write is tried again (rule K5). What is confirmed is never written again.</summary>
    /// <value>At least 0. Default: 0.</value>
    public int MaxRetryAttempts { get; init; } = DefaultMaxRetryAttempts;

    /// <summary>How long to wait before a retry.</summary>
    /// <value>Default, null: the defaults of <see cref="BackoffOptions"/>. Unless its seed is set, the jitter differs from run to
    /// run on a real clock, and is the same in every run on a virtual-time scheduler.</value>
    public BackoffOptions? Backoff { get; init; }

    /// <summary>Which failures are worth a retry.</summary>
    /// <value>Default, null: all of them.</value>
    public Func<Exception, bool>? ShouldRetry { get; init; }

    /// <summary>The clock, where it is not to be the host's.</summary>
    /// <value>Default, null: what the host hands over; <see cref="DefaultScheduler"/> for a host that hands over none.</value>
    public IScheduler? Scheduler { get; init; }
}
