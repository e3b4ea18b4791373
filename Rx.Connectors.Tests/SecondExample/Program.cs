using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Sqlite;

Directory.SetCurrentDirectory(args[0]);
var last = long.Parse(args[1]);

// snippet: second-example
var flow = new Dataflow("orders");
flow.Input("orders", Bridge
        .From((ResumeState<long> resume) => Orders(from: resume.GetValueOrDefault(1)), order => order.Number + 1)
        .Query(orders => orders.Where(order => order.Amount > 0).SelectMany(order => order.Lines))
        .ToSource("all"))
    .Output("file", new FileSink("lines.txt"), key: _ => "");
await flow.RunAsync(new FlowOptions
{
    EpochInterval = TimeSpan.FromMilliseconds(200),
    Recovery = new RecoveryOptions { Store = new SqliteRecoveryStore("positions") },
});
// end-snippet

async IAsyncEnumerable<Order> Orders(long from)
{
    for (var number = from; number <= last; number++)
    {
        await Task.Delay(1);
        yield return new Order(number, number % 3, [.. Enumerable.Range(1, (int)(number % 4)).Select(line => $"{number}.{line}")]);
    }
}

internal sealed record Order(long Number, decimal Amount, IReadOnlyList<string> Lines);
