using System.Globalization;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The same 2,000,000 items from 1 to 10,000 partitions of one source, polled by one worker in batches of 100. It is measured from
/// the first poll, when all partitions are built, to the last item, so that opening and closing 10,000 of them is not part of it.
/// </summary>
internal static class PartitionsWorkload
{
    public static Workload Make() => new()
    {
        Name = "partitions",
        Items = 2_000_000,
        // Fewer items would leave partitions without any.
        WarmUp = 2_000_000,
        Contenders = Contenders(Ours, 1, 10, 100, 1_000, 10_000),
        Marks =
        [
            Mark.AtMost("CPU at 10,000 partitions, to 1: at most 1.3", 1.3, Mark.Ratio(Measured.Cpu, "10000", "1")),
        ],
    };

    public static IReadOnlyList<Contender> Contenders(Func<int, int, Measured> measure, params int[] numbers) =>
        [.. numbers.Select(partitions => new Contender(
            partitions.ToString(CultureInfo.InvariantCulture), items => measure(items, partitions)))];

    private static Measured Ours(int items, int partitions)
    {
        Meter? meter = null;
        Measured? measured = null;
        using var stop = new CancellationTokenSource();
        var sink = new SumSink(items, () =>
        {
            measured = meter!.Stop(items);
            stop.Cancel();
        });
        var flow = new Dataflow("benchmark");
        flow.Input("ready", new ReadySource(partitions, items, () => meter = new Meter())).Output("sum", sink);
        Meter.Settle();
        flow.RunAsync(cancellationToken: stop.Token).GetAwaiter().GetResult();
        Meter.Check($"{partitions} partitions", sink.Sum, ReadySource.Checksum(items));
        return measured!;
    }
}
