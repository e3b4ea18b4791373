namespace Rx.Connectors.Bridging;

/// <summary>What is kept of an item with a position until it is handed out.</summary>
/// <param name="Position">The position just after it.</param>
/// <param name="Entry">The number of its input, from 1; 0 where there is no query.</param>
/// <param name="Part">Its number among the outputs of its input, from 1.</param>
internal readonly record struct Mark<TPosition>(TPosition Position, long Entry, int Part);
