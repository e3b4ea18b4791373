using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>A sink partition in a worker.</summary>
internal interface ISinkRunner : IEpochSink
{
    Worker Worker { get; }

    /// <summary>Whether it is built before the first poll: where its position is stored, or it has none (P15, P16).</summary>
    bool OpensAtStart { get; }

    /// <summary>Builds the partition now rather than at its first write.</summary>
    void Open();

    /// <summary>Closes an epoch (P15): the position, where it has changed, and what has still to become durable.</summary>
    StoredPosition? Capture(List<(IEpochSink Sink, Task Flushed)> flushes, CancellationToken abort);

    /// <summary>The last flush, over also when it has failed. From any thread.</summary>
    Task LastFlush { get; }

    /// <summary>What was written; null if the partition was never needed.</summary>
    SinkProgress? Progress(DateTimeOffset now);

    /// <summary>Closes the partition; what goes wrong is the task's.</summary>
    Task Close();
}
