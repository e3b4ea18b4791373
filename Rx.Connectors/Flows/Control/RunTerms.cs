using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>What holds for a run from its beginning to its end.</summary>
internal sealed class RunTerms(string flow, FlowOptions options, FlowMetrics metrics, IScheduler clock)
{
    public string Flow => flow;

    public FlowOptions Options => options;

    public FlowMetrics Metrics => metrics;

    public IScheduler Clock => clock;

    /// <summary>What intervals go by; <see cref="Clock"/> has the date.</summary>
    public ElapsedTime Elapsed { get; } = new(clock);

    /// <summary>Where work goes that must not hold up a worker.</summary>
    public IScheduler Background => clock.Background();
}
