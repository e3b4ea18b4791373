using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>A client that is written to, on its way to a partition. Immutable; make as many partitions of it as needed.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class SinkBridge<T>
{
    private readonly Func<WriteSettings, StatelessSinkPartition<T>> _make;

    internal SinkBridge(Func<IBatchWriter<T>> newWriter) => _make = settings => new BridgedSinkPartition<T>(newWriter, settings);

    internal SinkBridge(Func<WriteSettings, StatelessSinkPartition<T>> make) => _make = make;

    /// <summary>Makes a partition whose <c>WriteBatch</c> returns when every write has completed.</summary>
    /// <param name="options">Concurrency, timeout, retries; null for the defaults.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public StatelessSinkPartition<T> ToPartition(WriteOptions? options = null) =>
        _make(WriteSettings.Check(options));

    /// <summary>Makes a sink of which every worker gets a partition of its own.</summary>
    /// <param name="options">Concurrency, timeout, retries; null for the defaults.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public DynamicSink<T> ToSink(WriteOptions? options = null) => new BridgedSink<T>(_make, WriteSettings.Check(options));
}
