namespace Rx.Connectors.Bridging;

/// <summary>
/// What has left a query, as it waits to be handed out: a <see cref="Positioned{T,TState}"/> without the reference that only the
/// query needs, since a queue of values without references is much cheaper to fill and to clear.
/// </summary>
/// <param name="Value">The value.</param>
/// <param name="Position">The position just after it.</param>
/// <param name="Entry">The number of its input, from 1.</param>
/// <param name="Part">Its number among the outputs of its input, from 1.</param>
internal readonly record struct Left<T, TState>(T Value, TState Position, long Entry, int Part);
