using System.Reactive.Concurrency;

namespace Rx.Connectors.Flows;

/// <summary>How a flow is run. Read once, when it is started.</summary>
public sealed class FlowOptions
{
    /// <summary>The default of <see cref="CloseTimeout"/>: 10 s, more than a client's own closing usually takes.</summary>
    public static readonly TimeSpan DefaultCloseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The default of <see cref="ProgressInterval"/>: 1 s.</summary>
    public static readonly TimeSpan DefaultProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>The clock and the thread of the worker.</summary>
    /// <value>
    /// Default, null: an <see cref="EventLoopScheduler"/> of the run's own, with one background thread. In a test, a
    /// virtual-time scheduler: then everything runs on it and on no other thread (rule F6).
    /// </value>
    public IScheduler? Scheduler { get; init; }

    /// <summary>How long a run that has ended waits for its clients to close.</summary>
    /// <value>Zero or more. Default: <see cref="DefaultCloseTimeout"/>. Those that take longer are named in
    /// <see cref="FlowResult.NotClosed"/>.</value>
    public TimeSpan CloseTimeout { get; init; } = DefaultCloseTimeout;

    /// <summary>How often <see cref="FlowRun.Progress"/> tells of the progress, while anybody listens.</summary>
    /// <value>More than zero. Default: <see cref="DefaultProgressInterval"/>.</value>
    public TimeSpan ProgressInterval { get; init; } = DefaultProgressInterval;
}
