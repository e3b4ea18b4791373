// snippet: first-example
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;

var flow = new Dataflow("prices");
flow.Input("feed", Bridge.From(Prices())                        // an asynchronous client
        .Query(prices => prices.DistinctUntilChanged())          // any Rx query
        .ToSource(new BridgeOptions { MaxBatchSize = 100, MaxBatchDelay = TimeSpan.FromMilliseconds(500) }))
    .Output("console", Bridge.To<int>((price, _) => Console.Out.WriteLineAsync($"price {price}")).ToSink());
await flow.RunAsync();

static async IAsyncEnumerable<int> Prices()
{
    foreach (var price in new[] { 100, 100, 101, 101, 102 }) { await Task.Delay(100); yield return price; }
}
// end-snippet
