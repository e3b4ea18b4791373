namespace Rx.Connectors.Sources;

/// <summary>A source with a known set of partitions, each of which is read by one worker and resumed on its own.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TState">A partition's position.</typeparam>
public abstract class FixedPartitionedSource<T, TState>
{
    /// <summary>The keys of the partitions that this worker can read. Called once per run and worker.</summary>
    /// <returns>Keys that are stable over restarts, since positions are stored under them. They must be unique.</returns>
    /// <remarks>The trap: a key made of something that changes, such as a connection's number, loses its position.</remarks>
    public abstract IReadOnlyList<string> ListPartitions();

    /// <summary>Builds one partition.</summary>
    /// <param name="stepId">The step of the flow that reads this source.</param>
    /// <param name="partition">One of the keys of <see cref="ListPartitions"/>.</param>
    /// <param name="resumeState">The position of the last committed snapshot, or none: then begin from the beginning.</param>
    /// <returns>A new partition. It must not wait for its client: connecting is part of the work between polls.</returns>
    public abstract StatefulSourcePartition<T, TState> BuildPartition(
        string stepId, string partition, ResumeState<TState> resumeState);
}
