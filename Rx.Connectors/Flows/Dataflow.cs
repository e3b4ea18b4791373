using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>
/// What is read, what is done with each item, and where it is written. It is a description: the same one can be run many
/// times, also at once.
/// </summary>
/// <remarks>Compose it on one thread, before it is run. Step ids name steps in errors and metrics, and positions are stored under
/// those of sources and sinks: keep them when the code around them changes.</remarks>
public sealed class Dataflow
{
    /// <summary>Begins an empty flow.</summary>
    /// <param name="name">Its name, in errors, metrics and stored positions.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or white space, or a store could not keep it: it holds a
    /// zero character or half a surrogate pair.</exception>
    public Dataflow(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        StoredName.Check(name, "flow's name", nameof(name));
        Plan = new FlowPlan(name);
    }

    /// <summary>The flow's name.</summary>
    public string Name => Plan.Name;

    internal FlowPlan Plan { get; }

    /// <summary>Reads a source with a fixed set of partitions.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A partition's position.</typeparam>
    /// <param name="stepId">The step's id, unique in the flow.</param>
    /// <param name="source">The source.</param>
    /// <param name="restart">When a partition that fails is built again; null: never, its failure ends the flow.</param>
    /// <returns>Its items.</returns>
    /// <exception cref="ArgumentException">The id is empty, taken, or such as a store could not keep; or an option is out of
    /// its range; or the source overrides neither way to list its partitions.</exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public FlowStream<T> Input<T, TPosition>(
        string stepId, FixedPartitionedSource<T, TPosition> source, RestartOptions? restart = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        restart?.Check(nameof(restart));
        PartitionLists.Check(source, stepId, nameof(source));
        var stream = NewStream<T>(Plan.AddStepId(stepId), []);
        return AddSource(new FixedSourceStep<T, TPosition>(stepId, source, stream.Receiver, restart), stream);
    }

    /// <summary>Reads a source of which every worker has a share.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="stepId">The step's id, unique in the flow.</param>
    /// <param name="source">The source.</param>
    /// <returns>Its items.</returns>
    /// <exception cref="ArgumentException">The id is empty, taken, or such as a store could not keep.</exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public FlowStream<T> Input<T>(string stepId, DynamicSource<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var stream = NewStream<T>(Plan.AddStepId(stepId), []);
        return AddSource(new DynamicSourceStep<T>(stepId, source, stream.Receiver), stream);
    }

    /// <summary>Runs the flow until its sources are complete, it is cancelled, or it fails.</summary>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <param name="cancellationToken">
    /// Stops the flow gracefully: what was polled is written, and everything is closed. The task then ends normally, with
    /// <see cref="FlowOutcome.Stopped"/>.
    /// </param>
    /// <returns>What was done.</returns>
    /// <exception cref="InvalidOperationException">The flow has no source or no sink, a step that leads nowhere, or, with a store, a source
    /// without positions that leads to a sink with positions
    /// (<see cref="Recovery.RecoveryOptions.AllowSourcesWithoutPositions"/>).</exception>
    /// <exception cref="ArgumentException">The scheduler holds whoever schedules.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="FlowException">Through the task: a source, step or sink has failed.</exception>
    /// <exception cref="AbortFlowException">Through the task: one of them has stopped the flow.</exception>
    public Task<FlowResult> RunAsync(FlowOptions? options = null, CancellationToken cancellationToken = default) =>
        Start(options, cancellationToken).Completion;

    /// <summary>Starts the flow, and returns what it can be watched and stopped by.</summary>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the flow gracefully, as <see cref="FlowRun.Stop"/> does.</param>
    /// <returns>The run.</returns>
    /// <exception cref="InvalidOperationException">The flow has no source or no sink, a step that leads nowhere, or, with a store, a source
    /// without positions that leads to a sink with positions
    /// (<see cref="Recovery.RecoveryOptions.AllowSourcesWithoutPositions"/>).</exception>
    /// <exception cref="ArgumentException">The scheduler holds whoever schedules.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public FlowRun Start(FlowOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = FlowOptions.Check(options);
        Plan.Check(options);
        return FlowRun.Start(Plan, options, cancellationToken);
    }

    internal FlowStream<T> NewStream<T>(string stepId, IEnumerable<ISourceStep> origins)
    {
        var stream = new FlowStream<T>(this, stepId, origins);
        Plan.Add(stream);
        return stream;
    }

    private FlowStream<T> AddSource<T>(ISourceStep step, FlowStream<T> stream)
    {
        Plan.Add(step);
        stream.Origins.Add(step);
        return stream;
    }
}
