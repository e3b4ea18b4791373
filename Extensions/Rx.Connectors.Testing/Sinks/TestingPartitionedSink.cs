using System.Diagnostics;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>
/// A sink that keeps what is written over crashes, as files would: a partition that is built from a position cuts what was written
/// after it, and one that is built from none refuses to add to what it does not know. With it a flow arrives exactly once.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>Thread-safe. One object serves any number of runs, one after the other.</remarks>
public sealed class TestingPartitionedSink<T> : FixedPartitionedSink<T, int>
{
    private readonly Lock _gate = new();
    private readonly string[] _keys;
    private readonly Dictionary<string, List<T>> _written;

    /// <summary>Makes the sink.</summary>
    /// <param name="partitions">The keys of its partitions. Default, none: one, <c>"out"</c>.</param>
    /// <exception cref="ArgumentException">A key comes twice.</exception>
    public TestingPartitionedSink(params IEnumerable<string> partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        string[] keys = [.. partitions];
        _keys = keys.Length == 0 ? ["out"] : keys;
        if (_keys.Distinct(StringComparer.Ordinal).Count() < _keys.Length)
        {
            throw new ArgumentException($"Partition keys must be unique: {string.Join(", ", _keys)}.", nameof(partitions));
        }

        _written = _keys.ToDictionary(static key => key, static _ => new List<T>(), StringComparer.Ordinal);
    }

    /// <summary>What all partitions hold, one after the other, a copy.</summary>
    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _keys.SelectMany(key => _written[key])];
            }
        }
    }

    /// <summary>What a partition holds, a copy.</summary>
    /// <param name="partition">Its key.</param>
    /// <returns>The items.</returns>
    /// <exception cref="ArgumentException">There is no such partition.</exception>
    public IReadOnlyList<T> ItemsOf(string partition)
    {
        lock (_gate)
        {
            return [.. Find(partition)];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ListPartitions() => _keys;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The partition holds less than the position says, or something without one.</exception>
    public override StatefulSinkPartition<T, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState)
    {
        lock (_gate)
        {
            var written = Find(partition);
            if (resumeState.TryGetValue(out var position))
            {
                if (position < 0 || position > written.Count)
                {
                    throw new InvalidDataException($"'{partition}' holds {written.Count} items, and the position is {position}.");
                }

                written.RemoveRange(position, written.Count - position);
            }
            else if (written.Count > 0)
            {
                throw new InvalidDataException(
                    $"'{partition}' holds {written.Count} items of an unknown writer: there is no position to cut them to.");
            }

            return new Partition(_gate, written);
        }
    }

    private List<T> Find(string partition)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        return _written.TryGetValue(partition, out var written)
            ? written
            : throw new ArgumentException($"There is no partition '{partition}'; there are {string.Join(", ", _keys)}.", nameof(partition));
    }

    private sealed class Partition(Lock gate, List<T> written) : StatefulSinkPartition<T, int>
    {
        private volatile bool _isDisposed;

        public override void WriteBatch(IReadOnlyList<T> items)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            lock (gate)
            {
                written.AddRange(items);
            }
        }

        public override ResumeState<int> Snapshot()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            lock (gate)
            {
                return written.Count;
            }
        }

        protected override void Dispose(bool disposing) => _isDisposed = true;
    }
}
