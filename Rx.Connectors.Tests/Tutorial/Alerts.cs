// snippet: tutorial-flow
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

public static class Alerts
{
    public static Dataflow Flow(string url, TimeProvider time, DynamicSink<string> market)
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", new HighQuotes(url, time)).Output("market", market);
        return flow;
    }
}

/// <summary>Alerts of high quotes. A position is the number of the next quote.</summary>
internal sealed class HighQuotes(string url, TimeProvider time) : FixedPartitionedSource<string, QueryPosition<long>>
{
    public override IReadOnlyList<string> ListPartitions() => ["all"];

    public override StatefulSourcePartition<string, QueryPosition<long>> BuildPartition(
        string stepId, string partition, ResumeState<QueryPosition<long>> resumeState)
    {
        var next = resumeState.ForClient().GetValueOrDefault(0);
        var quotes = Bridge.Receive(
            open: _ => MarketClient.ConnectAsync(url, next, time),
            receive: (client, _) => client.ReceiveAsync());
        return Bridge.From(quotes, quote => quote.Number + 1)
            .Query(all => all
                .Where(quote => quote.Price >= 107)
                .Select(quote => $"quote {quote.Number} is at {quote.Price}"))
            .ToPartition(resumeState);
    }
}
// end-snippet
