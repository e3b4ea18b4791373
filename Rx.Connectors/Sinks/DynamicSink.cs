namespace Rx.Connectors.Sinks;

/// <summary>A sink to which every worker writes by itself: at least once after a crash.</summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class DynamicSink<T>
{
    /// <summary>Builds a worker's share. Called once per run and worker.</summary>
    /// <param name="stepId">The step of the flow that writes to this sink.</param>
    /// <param name="workerIndex">The worker's number, from 0.</param>
    /// <param name="workerCount">How many workers the flow has.</param>
    /// <returns>A new partition.</returns>
    public abstract StatelessSinkPartition<T> Build(string stepId, int workerIndex, int workerCount);
}
