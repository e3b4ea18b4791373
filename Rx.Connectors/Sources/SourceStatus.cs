namespace Rx.Connectors.Sources;

/// <summary>What a source partition holds at a moment.</summary>
/// <param name="Waiting">Items received and not yet handed out.</param>
/// <param name="Dropped">Items dropped so far, because an overflow policy asked for it.</param>
/// <param name="WaitingSince">When the oldest waiting batch began, on the partition's clock; null if nothing waits.</param>
public readonly record struct SourceStatus(int Waiting, long Dropped, DateTimeOffset? WaitingSince);
