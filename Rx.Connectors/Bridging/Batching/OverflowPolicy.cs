namespace Rx.Connectors.Bridging;

/// <summary>What a bridge does with an item of an observable that cannot be paused, when it is full (rule S6).</summary>
/// <remarks>Asynchronous streams need none: while a bridge is full they are not pulled.</remarks>
public enum OverflowPolicy
{
    /// <summary>
    /// The source fails with a <see cref="BridgeOverflowException"/>, after the items that wait were handed out. Nothing is
    /// lost unnoticed: the item that found no room, and what follows it, are not part of what was handed out.
    /// </summary>
    Fail = 0,

    /// <summary>
    /// The thread that calls <c>OnNext</c> waits until there is room. It must not be the thread that polls; where that can
    /// be told, the source fails instead of waiting for itself.
    /// </summary>
    Block,

    /// <summary>The oldest waiting item is dropped and counted: the newest are handed out.</summary>
    DropOldest,

    /// <summary>The item that found no room is dropped and counted: the oldest are handed out.</summary>
    DropWrite,
}
