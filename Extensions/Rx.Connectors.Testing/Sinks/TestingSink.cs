using Rx.Connectors.Sinks;

namespace Rx.Connectors.Testing;

/// <summary>A sink that appends what all workers write to one list, and never clears it, over any number of runs.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>Thread-safe. It can take nothing back: what a run repeats after a crash is in the list twice.</remarks>
public sealed class TestingSink<T> : DynamicSink<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];

    /// <summary>What was written so far, a copy.</summary>
    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    /// <inheritdoc/>
    public override StatelessSinkPartition<T> Build(string stepId, int workerIndex, int workerCount) => new Partition(this);

    private sealed class Partition(TestingSink<T> sink) : StatelessSinkPartition<T>
    {
        private volatile bool _isDisposed;

        public override void WriteBatch(IReadOnlyList<T> items)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            lock (sink._gate)
            {
                sink._items.AddRange(items);
            }
        }

        protected override void Dispose(bool disposing) => _isDisposed = true;
    }
}
