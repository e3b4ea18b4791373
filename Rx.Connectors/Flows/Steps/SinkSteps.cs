using System.Globalization;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Flows;

/// <summary>A sink in a flow.</summary>
internal interface ISinkStep
{
    string StepId { get; }

    /// <summary>Whether a restart takes it back to its stored position, cutting off what was written since.</summary>
    bool GoesBack { get; }

    ValueTask<IReadOnlyList<string>> ListAsync(int worker, int workers, CancellationToken stop);

    /// <summary>Why its positions cannot be stored; null if they can.</summary>
    string? FindFault(PositionJson json);

    /// <summary>Reads the stored position of a partition, to see that it can be read.</summary>
    /// <exception cref="FlowException">There is one, and it cannot.</exception>
    void CheckStored(string flow, RunStore store, string partition);

    /// <summary>Makes the partitions of the whole flow, in the order of their keys. None is built yet.</summary>
    IReadOnlyList<ISinkRunner> Make(IReadOnlyList<Worker> workers, RunStore store, Listing listing);
}

internal interface ISinkStep<in T> : ISinkStep
{
    IReceiver<T> Receiver(Wiring wiring);
}

/// <summary>One partition for each worker, named by its number, built at the start (P16).</summary>
internal sealed class DynamicSinkStep<T>(string stepId, DynamicSink<T> sink) : ISinkStep<T>
{
    public string StepId => stepId;

    public bool GoesBack => false;

    public ValueTask<IReadOnlyList<string>> ListAsync(int worker, int workers, CancellationToken stop) =>
        new([worker.ToString(CultureInfo.InvariantCulture)]);

    public string? FindFault(PositionJson json) => null;

    public void CheckStored(string flow, RunStore store, string partition)
    {
        // It has none.
    }

    public IReadOnlyList<ISinkRunner> Make(IReadOnlyList<Worker> workers, RunStore store, Listing listing) =>
    [
        .. workers.Select(worker => new StatelessSinkRunner<T>(
            worker.Context, stepId, worker.Context.Index.ToString(CultureInfo.InvariantCulture),
            () => sink.Build(stepId, worker.Context.Index, workers.Count))),
    ];

    public IReceiver<T> Receiver(Wiring wiring) => wiring.ReceiverOf(
        this, () => new LaneReceiver<T>((ILane<T>)wiring.SinksOf(this)[wiring.Worker.Index]));
}

internal sealed class FixedSinkStep<T, TValue, TPosition>(
    string stepId, FixedPartitionedSink<TValue, TPosition> sink, Func<T, string> key, Func<T, TValue> value) : ISinkStep<T>
{
    public string StepId => stepId;

    public bool GoesBack => true;

    public ValueTask<IReadOnlyList<string>> ListAsync(int worker, int workers, CancellationToken stop) =>
        sink.ListPartitionsAsync(worker, workers, stop);

    public string? FindFault(PositionJson json) => json.FindFault<TPosition>();

    public void CheckStored(string flow, RunStore store, string partition) =>
        _ = new Position<TPosition>(flow, store, StepKind.Sink, stepId, partition).Load();

    public IReadOnlyList<ISinkRunner> Make(IReadOnlyList<Worker> workers, RunStore store, Listing listing) =>
    [
        .. listing.Keys.Select((partition, i) => new StatefulSinkRunner<TValue, TPosition>(
            workers[listing.Owners[i]].Context, stepId, partition, sink, store)),
    ];

    public IReceiver<T> Receiver(Wiring wiring) => wiring.ReceiverOf(this, () =>
    {
        var here = wiring.Worker;
        var lanes = wiring.SinksOf(this).Cast<SinkRunner<TValue>>()
            .Select(runner => runner.Worker == here.Worker ? (ILane<TValue>)runner : new RemoteLane<TValue>(here, runner))
            .ToArray();
        return new RoutingReceiver<T, TValue>(new StepContext(here, stepId), lanes, key, value, sink.HashKey);
    });
}

internal sealed class LaneReceiver<T>(ILane<T> lane) : IReceiver<T>
{
    public void Receive(T item) => lane.Add(item);
}

/// <summary>Sends an item to the partition that its key chooses (P13); only its value goes on (P14).</summary>
internal sealed class RoutingReceiver<T, TValue>(
    StepContext step, ILane<TValue>[] lanes, Func<T, string> key, Func<T, TValue> value, Func<string, uint> hash)
    : IReceiver<T>
{
    public void Receive(T item)
    {
        uint partition;
        TValue written;
        step.Enter();
        try
        {
            var chosen = key(item) ?? throw new InvalidOperationException("the key of an item is null");
            partition = hash(chosen) % (uint)lanes.Length;
            written = value(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        lanes[partition].Add(written);
    }
}
