namespace Rx.Connectors.Flows;

/// <summary>What leads from the sources of one worker to the sinks. It belongs to the worker's thread.</summary>
internal sealed class Wiring(WorkerContext worker, SinkTable sinks, IReadOnlyList<Wiring> all)
{
    private readonly Dictionary<object, object> _receivers = new(ReferenceEqualityComparer.Instance);

    public WorkerContext Worker => worker;

    /// <summary>Those of all workers.</summary>
    public IReadOnlyList<Wiring> All => all;

    /// <summary>What a stream or a sink receives by: the same for all that send to it.</summary>
    public IReceiver<T> ReceiverOf<T>(object end, Func<IReceiver<T>> make)
    {
        if (_receivers.TryGetValue(end, out var known))
        {
            return (IReceiver<T>)known;
        }

        var receiver = make();
        _receivers.Add(end, receiver);
        return receiver;
    }

    public IReadOnlyList<ISinkRunner> SinksOf(ISinkStep step) => sinks.Of(step);
}

/// <summary>A step and where it runs: names errors.</summary>
internal readonly struct StepContext(WorkerContext worker, string stepId)
{
    public WorkerContext Worker => worker;

    public void Enter() => worker.Calls.EnterStep(stepId);

    /// <summary>Has the step called when the poll, or the parcel, is over.</summary>
    public void Gather(ILane step) => worker.Lanes.Fill(step);

    public FlowException Failed(Exception error) =>
        new(worker.Flow, stepId, worker.Calls.Polled, "the step failed", null, error);

    public void StopFlow() => worker.Epochs.Finish(FlowOutcome.Stopped);
}
