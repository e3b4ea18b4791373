namespace Rx.Connectors.Sources;

/// <summary>A source of which every worker reads a share of its own, and which keeps no positions.</summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class DynamicSource<T>
{
    /// <summary>Builds a worker's share. Called once per run and worker.</summary>
    /// <param name="stepId">The step of the flow that reads this source.</param>
    /// <param name="workerIndex">The worker's number, from 0.</param>
    /// <param name="workerCount">How many workers the flow has.</param>
    /// <returns>A new partition. Two workers that read the same input would read it twice: use the index to tell them apart.</returns>
    public abstract StatelessSourcePartition<T> Build(string stepId, int workerIndex, int workerCount);
}
