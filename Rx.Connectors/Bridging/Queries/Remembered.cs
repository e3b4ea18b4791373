namespace Rx.Connectors.Bridging;

/// <summary>A position that holds what a query has to remember, as <c>PositionedObservable.Scan</c> makes it.</summary>
/// <typeparam name="TPosition">The client's position.</typeparam>
/// <typeparam name="TMemory">What is remembered.</typeparam>
/// <param name="Position">The client's position.</param>
/// <param name="Memory">The memory at that position.</param>
public readonly record struct Remembered<TPosition, TMemory>(TPosition Position, TMemory Memory) : IRemembers<TPosition>;

/// <summary>A position that holds another one.</summary>
internal interface IRemembers<out TPosition>
{
    TPosition Position { get; }
}
