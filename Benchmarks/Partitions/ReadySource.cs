using System.Globalization;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// Partitions that have their share ready at once, in batches of 100. All hand out the same list, so that it is not the reading of
/// their own memory that is measured. They do not end: the flow is stopped instead.
/// </summary>
internal sealed class ReadySource(int partitions, int items, Action opened) : FixedPartitionedSource<int, int>
{
    private const int Count = 100;
    private static readonly int[] _batch = [.. Enumerable.Range(0, Count)];
    private readonly string[] _keys =
        [.. Enumerable.Range(0, partitions).Select(i => i.ToString("D5", CultureInfo.InvariantCulture))];
    private int _built;
    private bool _polled;

    public static long Checksum(int items) => items / Count * _batch.Sum(i => (long)i);

    public override IReadOnlyList<string> ListPartitions() => _keys;

    public override StatefulSourcePartition<int, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        _built++;
        return new Partition(this, items / partitions / Count);
    }

    // The worker polls on one thread.
    private void Polled()
    {
        if (_polled)
        {
            return;
        }

        _polled = true;
        if (_built != partitions)
        {
            throw new InvalidOperationException($"Polled when {_built} of {partitions} partitions were built.");
        }

        opened();
    }

    private sealed class Partition(ReadySource source, int batches) : StatefulSourcePartition<int, int>
    {
        private int _read;

        public override IReadOnlyList<int>? NextBatch()
        {
            source.Polled();
            return _read++ < batches ? _batch : [];
        }

        public override ResumeState<int> Snapshot() => _read;
    }
}
