using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>One partition that counts, in batches that are ready at once. Its position is the next number.</summary>
internal sealed class RangeSource(int items, int count) : FixedPartitionedSource<int, int>
{
    public override IReadOnlyList<string> ListPartitions() => ["0"];

    public override StatefulSourcePartition<int, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState) =>
        new RangePartition(resumeState.GetValueOrDefault(0), items, count);
}

internal sealed class RangePartition(int next, int end, int count) : StatefulSourcePartition<int, int>
{
    private readonly int[] _batch = new int[count];
    private int _next = next;

    public override IReadOnlyList<int>? NextBatch()
    {
        var size = Math.Min(_batch.Length, end - _next);
        for (var i = 0; i < size; i++)
        {
            _batch[i] = _next + i;
        }

        _next += size;
        if (size == _batch.Length)
        {
            return _batch;
        }

        return size > 0 ? _batch[..size] : null;
    }

    public override ResumeState<int> Snapshot() => _next;
}
