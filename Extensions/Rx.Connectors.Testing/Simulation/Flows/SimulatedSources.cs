using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>Partitions <c>0</c>, <c>1</c> .. of a plan.</summary>
internal abstract class PlannedSource<TPosition>(SourcePlan plan) : FixedPartitionedSource<SimulatedItem, TPosition>
{
    protected SourcePlan Plan => plan;

    public override IReadOnlyList<string> ListPartitions() =>
        [.. Enumerable.Range(0, plan.Items.Count).Select(static i => i.ToString(CultureInfo.InvariantCulture))];

    public override StatefulSourcePartition<SimulatedItem, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState) =>
        Build(int.Parse(partition, CultureInfo.InvariantCulture), resumeState);

    protected abstract StatefulSourcePartition<SimulatedItem, TPosition> Build(int partition, ResumeState<TPosition> resumeState);
}

internal sealed class LogSource(SourcePlan plan, SimulatedProcess process, Recording? recording) : PlannedSource<int>(plan)
{
    protected override StatefulSourcePartition<SimulatedItem, int> Build(int partition, ResumeState<int> resumeState)
    {
        process.Call();
        var log = new SimulatedLog(process, Plan, partition, resumeState.GetValueOrDefault(0), recording);
        return Bridge.From(log, static item => item.Index + 1).ToPartition(resumeState, Plan.Bridge);
    }
}

internal sealed class QueriedLogSource(SourcePlan plan, SimulatedWorld world, SimulatedProcess process, Recording? recording)
    : PlannedSource<int>(plan)
{
    private const int Gathered = 3;
    private const int Groups = 2;

    protected override StatefulSourcePartition<SimulatedItem, int> Build(
        int partition, ResumeState<int> resumeState)
    {
        process.Call();
        var log = new SimulatedLog(process, Plan, partition, resumeState.GetValueOrDefault(0), recording);
        return Bridge.From(log, static item => item.Index + 1)
            .Query(Query)
            .ToPartition(resumeState, Plan.Bridge);
    }

    private PositionedObservable<SimulatedItem, int> Query(PositionedObservable<SimulatedItem, int> items) => Plan.Query switch
    {
        Shape.Drop => items.Where(Shapes.Keeps),
        Shape.Split => items.SelectMany(Shapes.Split),
        Shape.Gather => items.Gather(Gathered).SelectMany(static all => all),
        Shape.DropAtOnce => items.DroppingAtOnce(Drop),
        Shape.DropGaps => items.DroppingGaps(Drop),
        Shape.Hold => world.IsMended ? items.Gather(Gathered).SelectMany(static all => all) : Hold(items).AsPositioned(),
        Shape.DropUndeclared => world.IsMended ? items.Where(Shapes.Keeps) : Drop(items).AsPositioned(),
        _ => items.SelectAsync(WorkAsync, maxConcurrency: 3),
    };

    private static IObservable<Positioned<SimulatedItem, int>> Drop(IObservable<Positioned<SimulatedItem, int>> items) =>
        items.Where(static item => Shapes.Keeps(item.Value));

    private static IObservable<Positioned<SimulatedItem, int>> Hold(IObservable<Positioned<SimulatedItem, int>> items) => items
        .GroupBy(static item => item.Value.Index % Groups)
        .SelectMany(static group => group.Buffer(Gathered).SelectMany(static all => all));

    private async Task<SimulatedItem> WorkAsync(SimulatedItem item, CancellationToken cancellationToken)
    {
        await process.Delay(process.Random.Next(6), cancellationToken).ConfigureAwait(true);
        process.MayFail("A look-up");
        return item;
    }
}

/// <summary>Partitions written by hand, which tell when they are due or do not.</summary>
internal sealed class PolledSource(SourcePlan plan, SimulatedProcess process) : PlannedSource<int>(plan)
{
    protected override StatefulSourcePartition<SimulatedItem, int> Build(int partition, ResumeState<int> resumeState)
    {
        process.Call();
        return new Partition(Plan, process, partition, resumeState);
    }

    private sealed class Partition(SourcePlan plan, SimulatedProcess process, int number, ResumeState<int> resume)
        : StatefulSourcePartition<SimulatedItem, int>
    {
        private int _next = resume.GetValueOrDefault(0);
        private IScheduler? _clock;

        public override DateTimeOffset? NextAwake =>
            plan.Pace == 0 ? null : _clock!.Now.AddTicks(process.Random.Next(plan.Pace) * SimulationPlan.Unit);

        public override void Start(IScheduler scheduler) => _clock = scheduler;

        public override IReadOnlyList<SimulatedItem>? NextBatch()
        {
            process.Call();
            process.MayFail("A poll");
            var left = plan.Items[number] - _next;
            if (left == 0)
            {
                return null;
            }

            var count = Math.Min(process.Random.Next(plan.Bridge.MaxBatchSize + 1), left);
            var batch = Enumerable.Range(_next, count).Select(index => new SimulatedItem(plan.Number, number, index, 0)).ToArray();
            _next += count;
            return batch;
        }

        public override ResumeState<int> Snapshot() => _next == 0 ? ResumeState<int>.None : _next;
    }
}

/// <summary>A client without positions: every run reads it from the beginning.</summary>
internal sealed class RepeatedSource(SourcePlan plan, SimulatedProcess process, Recording? recording) : DynamicSource<SimulatedItem>
{
    public override StatelessSourcePartition<SimulatedItem> Build(string stepId, int workerIndex, int workerCount)
    {
        process.Call();
        var log = workerIndex == 0
            ? new SimulatedLog(process, plan, 0, 0, recording)
            : new SimulatedLog(process, plan with { Items = [0] }, 0, 0, recording);
        return Bridge.From(log).ToPartition(plan.Bridge);
    }
}
