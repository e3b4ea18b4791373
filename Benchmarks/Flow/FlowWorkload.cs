using Rx.Connectors.Flows;

namespace Rx.Connectors.Benchmarks;

/// <summary>From a source through one step to a sink, opening and closing included. What recovery costs is a workload of its own.</summary>
internal static class FlowWorkload
{
    private const string Aggregate = "Akka.Streams, RunAggregate";

    public static Workload Make() => new()
    {
        Name = "flow",
        Items = 1_000_000,
        Contenders =
        [
            Timed(Contender.Ours, items => Ours(items, 100)),
            Timed("Rx.Connectors, batches of 1,000", items => Ours(items, 1_000)),
            Timed(Contender.Akka, AkkaPeers.Flow),
            Timed(Aggregate, AkkaPeers.Aggregate),
        ],
        Marks =
        [
            Mark.AtLeast(
                "items per second, to Akka.Streams: at least 3", 3,
                Mark.Ratio(Measured.Wall, Contender.Akka, Contender.Ours),
                Mark.Ratio(Measured.Wall, Aggregate, Contender.Ours)),
        ],
    };

    private static Contender Timed(string name, Func<int, long> run) => Contender.Timed(name, Ints.Checksum, run);

    private static long Ours(int items, int count)
    {
        var sink = new SumSink();
        var flow = new Dataflow("benchmark");
        flow.Input("range", new RangeSource(items, count)).Select(i => i + 1).Output("sum", sink);
        flow.RunAsync().GetAwaiter().GetResult();
        return sink.Sum;
    }
}
