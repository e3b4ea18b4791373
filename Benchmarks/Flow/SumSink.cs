using Rx.Connectors.Sinks;

namespace Rx.Connectors.Benchmarks;

/// <summary>Adds everything up, and tells when a number of items have come.</summary>
internal sealed class SumSink(int items = int.MaxValue, Action? complete = null) : DynamicSink<int>
{
    private readonly Partition _partition = new(items, complete);

    public long Sum => _partition.Sum;

    public int Count => _partition.Count;

    public override StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) => _partition;

    private sealed class Partition(int items, Action? complete) : StatelessSinkPartition<int>
    {
        public long Sum { get; private set; }

        public int Count { get; private set; }

        public override void WriteBatch(IReadOnlyList<int> batch)
        {
            var sum = 0L;
            for (var i = 0; i < batch.Count; i++)
            {
                sum += batch[i];
            }

            Sum += sum;
            Count += batch.Count;
            if (Count == items)
            {
                complete?.Invoke();
            }
        }
    }
}
