namespace Rx.Connectors.Sources;

/// <summary>A source partition that has no position to resume from, as a feed that sends only what is new.</summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class StatelessSourcePartition<T> : SourcePartition<T>;
