namespace Rx.Connectors.Sources;

/// <summary>Tells what a source partition holds at a moment. The default value holds nothing.</summary>
public readonly struct SourceStatus
{
    /// <summary>How many items are received and not yet handed out.</summary>
    public int Queued { get; init; }

    /// <summary>How many items were dropped so far, because an overflow policy asked for it.</summary>
    public long Dropped { get; init; }

    /// <summary>When the oldest queued batch began, on the partition's clock; null if nothing is queued.</summary>
    public DateTimeOffset? QueuedSince { get; init; }
}
