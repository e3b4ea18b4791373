using Rx.Connectors.Sinks;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Tells which worker writes which item.</summary>
internal sealed class PerWorker(Action<int, string> write) : DynamicSink<string>
{
    public List<string> Log { get; } = [];

    public override StatelessSinkPartition<string> Build(string stepId, int workerIndex, int workerCount)
    {
        Log.Add($"build {stepId} {workerIndex}/{workerCount}");
        return new Partition(write, workerIndex);
    }

    private sealed class Partition(Action<int, string> write, int worker) : StatelessSinkPartition<string>
    {
        public override void WriteBatch(IReadOnlyList<string> items)
        {
            foreach (var item in items)
            {
                write(worker, item);
            }
        }
    }
}
