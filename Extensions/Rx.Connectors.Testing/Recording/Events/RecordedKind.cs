namespace Rx.Connectors.Testing;

/// <summary>What happened, in a <see cref="Recording"/>.</summary>
public enum RecordedKind
{
    /// <summary>A client delivered an item.</summary>
    Delivered,

    /// <summary>An item came out of a query.</summary>
    Queried,

    /// <summary>A partition was polled and gave items, or none.</summary>
    Polled,

    /// <summary>A partition said when to poll it next: a time, or nothing.</summary>
    Awake,

    /// <summary>A partition's position was taken: the position, or nothing where it has none.</summary>
    Snapshot,

    /// <summary>A commit of an epoch began: its number and the positions that have changed.</summary>
    Committing,

    /// <summary>An epoch is durable: its number.</summary>
    Committed,

    /// <summary>A source heard that a position is durable, or a client that a delivery is acknowledged.</summary>
    Acknowledged,

    /// <summary>A write of items began.</summary>
    Writing,

    /// <summary>A write of items was confirmed.</summary>
    Confirmed,

    /// <summary>Something was opened or built: the position it goes on from, or nothing.</summary>
    Opened,

    /// <summary>Something was closed.</summary>
    Closed,

    /// <summary>Something came to its end.</summary>
    Completed,

    /// <summary>Something failed: with what.</summary>
    Failed,

    /// <summary>A run crashed.</summary>
    Crashed,

    /// <summary>What a sink's partition has written is durable.</summary>
    Flushed,
}
