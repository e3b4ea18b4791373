namespace Rx.Connectors.Flows;

/// <summary>All workers of a run.</summary>
internal sealed class WorkerTeam : IEpochWorkers
{
    /// <summary>In the order of their numbers; none before the run is put together.</summary>
    public IReadOnlyList<Worker> Workers { get; private set; } = [];

    public void Take(IReadOnlyList<Worker> workers) => Workers = workers;

    public void WakeAll()
    {
        foreach (var worker in Workers)
        {
            worker.Wake();
        }
    }

    public void TellCommitted()
    {
        foreach (var worker in Workers)
        {
            worker.Post(new Durable());
        }
    }

    /// <summary>The run has ended. From any thread.</summary>
    public void End()
    {
        foreach (var worker in Workers)
        {
            worker.End();
        }
    }

    private sealed class Durable : IWorkerMessage
    {
        public void Handle(Worker worker) => worker.Committed();
    }
}
