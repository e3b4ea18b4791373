// snippet: tutorial-first
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;

const string Url = "market://demo";

var source = Bridge
    .From(open: _ => MarketClient.ConnectAsync(Url), receive: (client, _) => client.ReceiveAsync())
    .Query(quotes => quotes
        .Where(quote => quote.Price >= 107)
        .Select(quote => $"quote {quote.Number} is at {quote.Price}")
        .Take(5))
    .ToSource();

var sink = Bridge
    .To(open: _ => MarketClient.ConnectAsync(Url), write: (MarketClient client, string alert, CancellationToken _) => client.SendAsync(alert))
    .ToSink();

var flow = new Dataflow("alerts");
flow.Input("quotes", source).Output("market", sink);

var result = await flow.RunAsync();
Console.WriteLine($"{result.Outcome}: {result.ItemsWritten} alerts sent");
// end-snippet
