using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>The items that leave a step. What reads it several times gets every item each time.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed partial class FlowStream<T> : IStreamEnd
{
    private readonly List<Func<Wiring, IReceiver<T>>> _readers = [];
    private readonly Dataflow _flow;

    internal FlowStream(Dataflow flow, string stepId, IEnumerable<ISourceStep> origins)
    {
        _flow = flow;
        StepId = stepId;
        Origins = [.. origins.Distinct()];
    }

    /// <summary>The step that the items leave.</summary>
    public string StepId { get; }

    /// <summary>The sources that its items come from.</summary>
    internal List<ISourceStep> Origins { get; }

    bool IStreamEnd.IsRead => _readers.Count > 0;

    /// <summary>Turns each item into another.</summary>
    /// <typeparam name="TResult">The new items.</typeparam>
    /// <param name="selector">Makes the new item. What it throws ends the flow.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>select-1</c>.</param>
    /// <returns>The new items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<TResult> Select<TResult>(Func<T, TResult> selector, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Then<TResult>(
            _flow.Plan.AddStepId(stepId, "select"), (step, next) => new SelectReceiver<T, TResult>(selector, step, next));
    }

    /// <summary>Keeps some of the items.</summary>
    /// <param name="predicate">Tells which to keep. What it throws ends the flow.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>where-1</c>.</param>
    /// <returns>The items kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<T> Where(Func<T, bool> predicate, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Then<T>(_flow.Plan.AddStepId(stepId, "where"), (step, next) => new WhereReceiver<T>(predicate, step, next));
    }

    /// <summary>Makes any number of items of each.</summary>
    /// <typeparam name="TResult">The new items.</typeparam>
    /// <param name="selector">Makes the new items. What it throws ends the flow.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>select-many-1</c>.</param>
    /// <returns>The new items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<TResult> SelectMany<TResult>(Func<T, IEnumerable<TResult>> selector, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Then<TResult>(
            _flow.Plan.AddStepId(stepId, "select-many"), (step, next) => new SelectManyReceiver<T, TResult>(selector, step, next));
    }

    /// <summary>
    /// Stops the flow gracefully when an item says so, as <see cref="FlowRun.Stop"/> does: that item, and those that were polled
    /// before or together with it, go on and are written and committed first.
    /// </summary>
    /// <param name="predicate">Tells whether an item ends the flow. What it throws ends the flow, too, with an error.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>stop-when-1</c>.</param>
    /// <returns>The same items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<T> StopWhen(Func<T, bool> predicate, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Then<T>(_flow.Plan.AddStepId(stepId, "stop-when"), (step, next) => new StopWhenReceiver<T>(predicate, step, next));
    }

    /// <summary>Puts the items of several streams into one. Each stream's own order is kept.</summary>
    /// <param name="others">The other streams, of the same flow.</param>
    /// <returns>The items of all.</returns>
    /// <exception cref="ArgumentNullException">A stream is null.</exception>
    /// <exception cref="ArgumentException">There are no others, or one belongs to another flow.</exception>
    public FlowStream<T> Merge(params FlowStream<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Length == 0)
        {
            throw new ArgumentException("There is no other stream to merge with.", nameof(others));
        }

        foreach (var other in others)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(others));
            if (other._flow != _flow)
            {
                throw new ArgumentException(
                    $"The stream of step '{other.StepId}' belongs to flow '{other._flow.Name}', not '{_flow.Name}'.", nameof(others));
            }
        }

        var merged = _flow.NewStream<T>(
            _flow.Plan.AddStepId(null, "merge"), others.Prepend(this).SelectMany(static stream => stream.Origins));
        foreach (var stream in others.Prepend(this))
        {
            stream._readers.Add(merged.Receiver);
        }

        return merged;
    }

    /// <summary>Writes the items to a sink of which every worker has a partition of its own.</summary>
    /// <param name="stepId">The step's id, unique in the flow.</param>
    /// <param name="sink">The sink.</param>
    /// <returns>These items, to be read further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<T> Output(string stepId, DynamicSink<T> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return WriteTo(new DynamicSinkStep<T>(_flow.Plan.AddStepId(stepId), sink));
    }

    /// <summary>Writes the items to a sink with a fixed set of partitions.</summary>
    /// <typeparam name="TPosition">A partition's position.</typeparam>
    /// <param name="stepId">The step's id, unique in the flow.</param>
    /// <param name="sink">The sink.</param>
    /// <param name="key">An item's key, which chooses its partition. What it throws ends the flow.</param>
    /// <returns>These items, to be read further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<T> Output<TPosition>(string stepId, FixedPartitionedSink<T, TPosition> sink, Func<T, string> key)
    {
        ArgumentNullException.ThrowIfNull(sink);
        PartitionLists.Check(sink, stepId, nameof(sink));
        ArgumentNullException.ThrowIfNull(key);
        return WriteTo(new FixedSinkStep<T, T, TPosition>(_flow.Plan.AddStepId(stepId), sink, key, static item => item));
    }

    /// <summary>Writes a part of each item, chosen by another: only values reach the sink, not their keys.</summary>
    /// <typeparam name="TValue">What is written.</typeparam>
    /// <typeparam name="TPosition">A partition's position.</typeparam>
    /// <param name="stepId">The step's id, unique in the flow.</param>
    /// <param name="sink">The sink.</param>
    /// <param name="key">An item's key, which chooses its partition. What it throws ends the flow.</param>
    /// <param name="value">What is written of it. What it throws ends the flow.</param>
    /// <returns>These items, to be read further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<T> Output<TValue, TPosition>(
        string stepId, FixedPartitionedSink<TValue, TPosition> sink, Func<T, string> key, Func<T, TValue> value)
    {
        ArgumentNullException.ThrowIfNull(sink);
        PartitionLists.Check(sink, stepId, nameof(sink));
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return WriteTo(new FixedSinkStep<T, TValue, TPosition>(_flow.Plan.AddStepId(stepId), sink, key, value));
    }

    /// <summary>What a worker sends this stream's items to: the same for all that send.</summary>
    internal IReceiver<T> Receiver(Wiring wiring) => wiring.ReceiverOf(this, () =>
        _readers.Count == 1 ? _readers[0](wiring) : new Broadcast<T>([.. _readers.Select(reader => reader(wiring))]));

    private FlowStream<TResult> Then<TResult>(string stepId, Func<StepContext, IReceiver<TResult>, IReceiver<T>> receiver)
    {
        var next = _flow.NewStream<TResult>(stepId, Origins);
        _readers.Add(wiring => receiver(new StepContext(wiring.Worker, stepId), next.Receiver(wiring)));
        return next;
    }

    private FlowStream<T> WriteTo(ISinkStep<T> step)
    {
        _flow.Plan.Add(step, Origins);
        _readers.Add(step.Receiver);
        return this;
    }
}
