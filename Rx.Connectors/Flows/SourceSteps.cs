using System.Globalization;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>A source in a flow. Listing asks the source for its partitions and checks them; building begins to read.</summary>
internal interface ISourceStep
{
    string StepId { get; }

    IReadOnlyList<string> List(WorkerContext context);

    SourceRunner Build(WorkerContext context, string partition);
}

internal sealed class FixedSourceStep<T, TState>(string stepId, FixedPartitionedSource<T, TState> source, FlowStream<T> stream)
    : ISourceStep
{
    public string StepId => stepId;

    public IReadOnlyList<string> List(WorkerContext context) => PartitionKeys.Check(context, stepId, source.ListPartitions);

    public SourceRunner Build(WorkerContext context, string partition)
    {
        // Recovery will hand in what is stored; without it every partition begins from the beginning.
        var built = PartitionKeys.Build(
            context, stepId, partition, () => source.BuildPartition(stepId, partition, ResumeState<TState>.None));
        return new SourceRunner<T>(context, stepId, partition, built, stream.Receiver(context));
    }
}

internal sealed class DynamicSourceStep<T>(string stepId, DynamicSource<T> source, FlowStream<T> stream) : ISourceStep
{
    public string StepId => stepId;

    public IReadOnlyList<string> List(WorkerContext context) => [context.WorkerIndex.ToString(CultureInfo.InvariantCulture)];

    public SourceRunner Build(WorkerContext context, string partition)
    {
        var built = PartitionKeys.Build(
            context, stepId, partition, () => source.Build(stepId, context.WorkerIndex, context.WorkerCount));
        return new SourceRunner<T>(context, stepId, partition, built, stream.Receiver(context));
    }
}

/// <summary>What sources and sinks answer when they are asked for partitions, checked (P8, P10).</summary>
internal static class PartitionKeys
{
    public static string[] Check(WorkerContext context, string stepId, Func<IReadOnlyList<string>> list)
    {
        IReadOnlyList<string>? keys;
        try
        {
            keys = list();
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(context.Flow, stepId, null, "its partitions could not be listed", null, error);
        }

        var what = keys is null ? "ListPartitions returned null"
            : keys.Count == 0 ? "ListPartitions returned no partition; there must be at least one"
            : keys.Any(static key => key is null) ? "ListPartitions returned null among its keys"
            : keys.GroupBy(static key => key, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice
                ? $"ListPartitions returned the key '{twice.Key}' more than once; keys must be unique"
            : null;
        return what is null ? KeyHash.Sort(keys!) : throw new FlowException(context.Flow, stepId, null, what, null);
    }

    public static TPartition Build<TPartition>(WorkerContext context, string stepId, string partition, Func<TPartition?> build)
        where TPartition : class
    {
        try
        {
            return build() ?? throw new InvalidOperationException("null was returned instead of a partition");
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(context.Flow, stepId, partition, "the partition could not be built", null, error);
        }
    }
}
