// snippet: tutorial-flow
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

public static class Alerts
{
    public static Dataflow Flow(string url, TimeProvider time, DynamicSink<string> market)
    {
        var highQuotes = Bridge
            .From(
                open: (ResumeState<long> resume, CancellationToken _) =>
                    MarketClient.ConnectAsync(url, from: resume.GetValueOrDefault(0), time),
                receive: (client, _) => client.ReceiveAsync(),
                position: quote => quote.Number + 1)
            .Query(quotes => quotes
                .Where(quote => quote.Price >= 107)
                .Select(quote => $"quote {quote.Number} is at {quote.Price}"))
            .ToSource("all");

        var flow = new Dataflow("alerts");
        flow.Input("quotes", highQuotes).Output("market", market);
        return flow;
    }
}
// end-snippet
