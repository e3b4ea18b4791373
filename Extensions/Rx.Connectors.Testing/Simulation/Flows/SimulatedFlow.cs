using System.Globalization;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Testing;

/// <summary>The flow of a plan, as one process runs it.</summary>
internal sealed class SimulatedFlow(SimulationPlan plan, SimulatedWorld world, SimulatedProcess process, Recording? recording)
{
    private static readonly BackoffOptions _backoff = new()
    {
        BaseDelay = TimeSpan.FromTicks(2 * SimulationPlan.Unit),
        MaxDelay = TimeSpan.FromTicks(10 * SimulationPlan.Unit),
    };

    public FlowRun Start() => Compose().Start(new FlowOptions
    {
        Scheduler = process.Clock,
        Workers = plan.Workers,
        EpochInterval = plan.EpochInterval,
        MaxEpochItems = plan.MaxEpochItems,
        ExchangeCapacity = plan.ExchangeCapacity,
        Recovery = new RecoveryOptions
        {
            Store = world.Store.In(process),
            CommitBackoff = _backoff,
            MaxCommitRetryAttempts = 3,
        },
    });

    private Dataflow Compose()
    {
        var flow = new Dataflow("simulated");
        var streams = plan.Sources.ToDictionary(static source => source, source => Input(flow, source));
        for (var i = 0; i < plan.Sinks.Count; i++)
        {
            var mine = plan.Sinks[i].Sources.Select(source => streams[source]).ToArray();
            Output(mine.Length == 1 ? mine[0] : mine[0].Merge(mine[1..]), i);
        }

        return flow;
    }

    private FlowStream<SimulatedItem> Input(Dataflow flow, SourcePlan source)
    {
        var restart = source.Restarts
            ? new RestartOptions { Backoff = _backoff, ShouldRetry = static error => error is IOException } : null;
        var stream = source.Kind switch
        {
            SourceKind.Log => flow.Input(source.StepId, new LogSource(source, process, recording), restart),
            SourceKind.QueriedLog => flow.Input(source.StepId, new QueriedLogSource(source, world, process, recording), restart),
            SourceKind.Polled => flow.Input(source.StepId, new PolledSource(source, process), restart),
            SourceKind.Broker => flow.Input(source.StepId, new BrokerSource(source, world.Brokers[source.Number], process)),
            _ => flow.Input(source.StepId, new RepeatedSource(source, process, recording)),
        };
        return source.Step switch
        {
            Shape.Drop => stream.Where(Shapes.Keeps),
            Shape.Split => stream.SelectMany(Shapes.Split),
            _ => stream,
        };
    }

    private void Output(FlowStream<SimulatedItem> stream, int number)
    {
        var (sink, target) = (plan.Sinks[number], world.Targets[number]);
        if (sink.KeepsPosition)
        {
            stream.Output(sink.StepId, target.In(process), static item => (item.Index % 5).ToString(CultureInfo.InvariantCulture));
            return;
        }

        stream.Output(sink.StepId, Bridge
            .To<SimulatedItem>((item, cancellation) => target.WriteAsync(process, item, cancellation))
            .ToSink(new WriteOptions
            {
                MaxConcurrency = sink.Concurrency,
                MaxRetryAttempts = 2,
                Backoff = _backoff,
                Timeout = TimeSpan.FromTicks(1000 * SimulationPlan.Unit),
            }));
    }
}
