using Rx.Connectors.Sinks;

namespace Rx.Connectors.Testing;

/// <summary>A sink that appends everything that all workers write to one list, and never clears it, over any number of runs.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>Thread-safe. It can take nothing back: what a run repeats after a crash is in the list twice.</remarks>
/// <param name="items">The list, such as one of the test's own; null for a new one. Look at a list of your own while no run goes on,
/// and at <see cref="TestingSink{T}.Items"/> at any time.</param>
public sealed class TestingSink<T>(IList<T>? items = null) : DynamicSink<T>
{
    private readonly Lock _gate = new();
    private readonly IList<T> _items = items ?? new List<T>();

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
                foreach (var item in items)
                {
                    sink._items.Add(item);
                }
            }
        }

        protected override void Dispose(bool disposing) => _isDisposed = true;
    }
}
