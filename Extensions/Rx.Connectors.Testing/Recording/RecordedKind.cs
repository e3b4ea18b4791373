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

    /// <summary>A partition said when to poll it next.</summary>
    Awake,

    /// <summary>A partition's position was taken.</summary>
    Snapshot,

    /// <summary>A commit of an epoch began.</summary>
    Committing,

    /// <summary>An epoch is durable.</summary>
    Committed,

    /// <summary>A source heard that a position is durable, or a client that a delivery is acknowledged.</summary>
    Acknowledged,

    /// <summary>A write of items began.</summary>
    Writing,

    /// <summary>A write of items was confirmed.</summary>
    Confirmed,

    /// <summary>Something was opened or built.</summary>
    Opened,

    /// <summary>Something was closed.</summary>
    Closed,

    /// <summary>Something came to its end.</summary>
    Completed,

    /// <summary>Something failed.</summary>
    Failed,

    /// <summary>A run crashed.</summary>
    Crashed,
}
