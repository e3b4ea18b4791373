namespace Rx.Connectors.Sinks;

/// <summary>A sink partition that cannot take a write back. What was written since the last commit is written again after a
/// crash: at least once.</summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class StatelessSinkPartition<T> : SinkPartition<T>;
