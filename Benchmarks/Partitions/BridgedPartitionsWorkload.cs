using System.Globalization;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The same 200,000 items from 1 to 1,000 asynchronous streams, for information. All streams wait until every partition has
/// opened its own, and none ends before all are read; it is measured from the one to the other.
/// </summary>
internal static class BridgedPartitionsWorkload
{
    public static Workload Make() => new()
    {
        Name = "partitions-bridged",
        Items = 200_000,
        WarmUp = 20_000,
        MaxRounds = 3,
        Contenders = PartitionsWorkload.Contenders(Ours, 1, 10, 100, 1_000),
    };

    private static Measured Ours(int items, int partitions)
    {
        Meter? meter = null;
        Measured? measured = null;
        var source = new StreamSource(partitions, items, () => meter = new Meter());
        using var stop = new CancellationTokenSource();
        var sink = new SumSink(items, () =>
        {
            measured = meter!.Stop(items);
            stop.Cancel();
            source.End();
        });
        var flow = new Dataflow("benchmark");
        flow.Input("streams", source).Output("sum", sink);
        Meter.Settle();
        flow.RunAsync(cancellationToken: stop.Token).GetAwaiter().GetResult();
        Meter.Check($"{partitions} streams", sink.Sum, partitions * (Ints.Checksum(items / partitions) - (items / partitions)));
        return measured!;
    }

    private sealed class StreamSource(int partitions, int items, Action opened) : FixedPartitionedSource<int, int>
    {
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly string[] _keys =
            [.. Enumerable.Range(0, partitions).Select(i => i.ToString("D5", CultureInfo.InvariantCulture))];
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _pulled;

        public void End() => _ended.SetResult();

        public override IReadOnlyList<string> ListPartitions() => _keys;

        public override StatefulSourcePartition<int, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState) =>
            Bridge.From(Stream(), static i => i + 1).ToPartition(resumeState);

        private async IAsyncEnumerable<int> Stream()
        {
            if (Interlocked.Increment(ref _pulled) == partitions)
            {
                opened();
                _opened.SetResult();
            }

            await _opened.Task;
            await foreach (var item in Ints.Stream(items / partitions))
            {
                yield return item;
            }

            await _ended.Task;
        }
    }
}
