using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>What an epoch asks of a sink partition, beside its worker.</summary>
internal interface IEpochSink : IPartitionRunner
{
    /// <summary>Its first position is stored: its worker writes what has waited for that. From any thread.</summary>
    void FirstPositionStored();

    FlowException Failed(string what, Exception error);
}

/// <summary>What was captured of partitions: their positions, where they have changed, and what has still to become durable.</summary>
internal sealed class EpochCut
{
    public List<StoredPosition> Changes { get; } = [];

    public List<(IEpochSink Sink, Task Flushed)> Flushes { get; } = [];

    public bool IsEmpty => Changes.Count == 0 && Flushes.Count == 0;

    public void Add(StoredPosition? change)
    {
        if (change is not null)
        {
            Changes.Add(change);
        }
    }

    public void Add(EpochCut part)
    {
        Changes.AddRange(part.Changes);
        Flushes.AddRange(part.Flushes);
    }
}
