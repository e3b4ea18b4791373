using Rx.Connectors.Sources;

namespace Rx.Connectors.Sinks;

/// <summary>A sink partition that knows where its next write goes and can go back to it.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A position: an immutable value that can be serialised with System.Text.Json.</typeparam>
public abstract class StatefulSinkPartition<T, TPosition> : SinkPartition<T>
{
    /// <summary>The position of the next write. It is pure and repeatable.</summary>
    /// <returns>A position to build the partition from again, such that what was written after it is overwritten (rule K7).</returns>
    /// <exception cref="ObjectDisposedException">The partition is disposed.</exception>
    public abstract ResumeState<TPosition> Snapshot();
}
