// snippet: tutorial-first
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;

const string Url = "market://demo";
await using var sender = await MarketClient.ConnectAsync(Url);

var quotes = Bridge.Receive(
    open: _ => MarketClient.ConnectAsync(Url),
    receive: (client, _) => client.ReceiveAsync());

var flow = new Dataflow("alerts");
flow.Input("quotes", Bridge.From(quotes)
        .Query(all => all
            .Where(quote => quote.Price >= 107)
            .Select(quote => $"quote {quote.Number} is at {quote.Price}")
            .Take(5))
        .ToSource())
    .Output("market", Bridge.To<string>((alert, _) => sender.SendAsync(alert)).ToSink());

var result = await flow.RunAsync();
Console.WriteLine($"{result.Outcome}: {result.ItemsWritten} alerts sent");
// end-snippet
