using System.Globalization;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>A sink in a flow.</summary>
internal interface ISinkStep
{
    string StepId { get; }

    /// <summary>Asks for what must be known, and checked, before anything starts.</summary>
    void Prepare(WorkerContext context);

    /// <summary>Opens what is needed from the start.</summary>
    void Open(WorkerContext context);
}

internal interface ISinkStep<in T> : ISinkStep
{
    IReceiver<T> Receiver(WorkerContext context);
}

internal sealed class DynamicSinkStep<T>(string stepId, DynamicSink<T> sink) : ISinkStep<T>
{
    public string StepId => stepId;

    public void Prepare(WorkerContext context) => Receiver(context);

    public void Open(WorkerContext context) => ((OneSinkReceiver<T>)Receiver(context)).Runner.Open();

    public IReceiver<T> Receiver(WorkerContext context) => context.ReceiverOf(this, () =>
    {
        var receiver = new OneSinkReceiver<T>(new SinkRunner<T>(
            new StepContext(context, stepId),
            context.WorkerIndex.ToString(CultureInfo.InvariantCulture),
            () => sink.Build(stepId, context.WorkerIndex, context.WorkerCount)));
        context.Add(receiver.Runner);
        return receiver;
    });
}

internal sealed class FixedSinkStep<T, TValue, TState>(
    string stepId, FixedPartitionedSink<TValue, TState> sink, Func<T, string> key, Func<T, TValue> value) : ISinkStep<T>
{
    public string StepId => stepId;

    public void Prepare(WorkerContext context) => Receiver(context);

    public void Open(WorkerContext context)
    {
        // Partitions are built at their first write (P15); with recovery, those that have stored state are built here.
    }

    public IReceiver<T> Receiver(WorkerContext context) => context.ReceiverOf(this, () =>
    {
        var step = new StepContext(context, stepId);
        var runners = PartitionKeys.Check(context, stepId, sink.ListPartitions)
            .Select(partition => new SinkRunner<TValue>(
                step, partition, () => sink.BuildPartition(stepId, partition, ResumeState<TState>.None)))
            .ToArray();
        foreach (var runner in runners)
        {
            context.Add(runner);
        }

        return new RoutingReceiver<T, TValue>(step, runners, key, value, sink.HashKey);
    });
}

internal sealed class OneSinkReceiver<T>(SinkRunner<T> runner) : IReceiver<T>
{
    public SinkRunner<T> Runner => runner;

    public void Receive(T item) => runner.Add(item);
}

/// <summary>Sends an item to the partition that its key chooses (P13); only its value goes on (P14).</summary>
internal sealed class RoutingReceiver<T, TValue>(
    StepContext step, SinkRunner<TValue>[] runners, Func<T, string> key, Func<T, TValue> value, Func<string, uint> hash)
    : IReceiver<T>
{
    public void Receive(T item)
    {
        uint partition;
        TValue written;
        try
        {
            var chosen = key(item) ?? throw new InvalidOperationException("the key of an item is null");
            partition = hash(chosen) % (uint)runners.Length;
            written = value(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        runners[partition].Add(written);
    }
}
