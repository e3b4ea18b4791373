using System.Globalization;
using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>A source in a flow.</summary>
internal interface ISourceStep
{
    string StepId { get; }

    /// <summary>Whether it can be read again from where a run ended.</summary>
    bool HasPositions { get; }

    ValueTask<IReadOnlyList<string>> ListAsync(int worker, int workers, CancellationToken stop);

    /// <summary>Signals that the partitions may have changed; null if they never do.</summary>
    IObservable<Unit>? Changes(IScheduler scheduler);

    /// <summary>Why its positions cannot be stored; null if they can.</summary>
    string? FindFault(PositionJson json);

    /// <summary>Reads the stored position of a partition, to see that it can be read.</summary>
    /// <exception cref="FlowException">There is one, and it cannot.</exception>
    void CheckStored(string flow, RunStore store, string partition);

    SourceRunner Make(Wiring wiring, RunStore store, DepartedPositions departed, string partition);
}

internal sealed class FixedSourceStep<T, TPosition>(
    string stepId, FixedPartitionedSource<T, TPosition> source, Func<Wiring, IReceiver<T>> stream, RestartOptions? restart) : ISourceStep
{
    public string StepId => stepId;

    // What takes a source's place, as a recording does, keeps the type of its positions.
    public bool HasPositions => typeof(TPosition) != typeof(Unit);

    public ValueTask<IReadOnlyList<string>> ListAsync(int worker, int workers, CancellationToken stop) =>
        source.ListPartitionsAsync(worker, workers, stop);

    public IObservable<Unit>? Changes(IScheduler scheduler) => source.PartitionChanges(scheduler);

    public string? FindFault(PositionJson json) => HasPositions ? json.FindFault<TPosition>() : null;

    public void CheckStored(string flow, RunStore store, string partition) =>
        _ = new Position<TPosition>(flow, store, StepKind.Source, stepId, partition).Load();

    public SourceRunner Make(Wiring wiring, RunStore store, DepartedPositions departed, string partition) =>
        new StatefulSourceRunner<T, TPosition>(wiring.Worker, stepId, partition, stream(wiring), source, restart, store, departed);
}

/// <summary>One partition for each worker, named by its number (P7).</summary>
internal sealed class DynamicSourceStep<T>(string stepId, DynamicSource<T> source, Func<Wiring, IReceiver<T>> stream) : ISourceStep
{
    public string StepId => stepId;

    public bool HasPositions => false;

    public ValueTask<IReadOnlyList<string>> ListAsync(int worker, int workers, CancellationToken stop) =>
        new([worker.ToString(CultureInfo.InvariantCulture)]);

    public IObservable<Unit>? Changes(IScheduler scheduler) => null;

    public string? FindFault(PositionJson json) => null;

    public void CheckStored(string flow, RunStore store, string partition)
    {
        // It has none.
    }

    public SourceRunner Make(Wiring wiring, RunStore store, DepartedPositions departed, string partition) =>
        new StatelessSourceRunner<T>(wiring.Worker, stepId, partition, stream(wiring), source);
}
