using System.Diagnostics;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Benchmarks;

/// <summary>Notes when an item has arrived, and only then tells the thread that waits for it.</summary>
internal sealed class ArrivalSink : DynamicSink<int>
{
    private readonly SemaphoreSlim _arrived = new(0);
    private long _at;

    public void Arrive()
    {
        Volatile.Write(ref _at, Stopwatch.GetTimestamp());
        _arrived.Release();
    }

    public long WaitForOne()
    {
        _arrived.Wait();
        return Volatile.Read(ref _at);
    }

    public override StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) => new Partition(this);

    private sealed class Partition(ArrivalSink sink) : StatelessSinkPartition<int>
    {
        public override void WriteBatch(IReadOnlyList<int> items) => sink.Arrive();
    }
}
