// snippet: tutorial-program
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

var url = args.FirstOrDefault() ?? "market://demo";
var sink = Bridge
    .To(open: _ => MarketClient.ConnectAsync(url), write: (MarketClient client, string alert, CancellationToken _) => client.SendAsync(alert))
    .ToSink();
try
{
    var run = Alerts.Flow(url, TimeProvider.System, sink).Start(new FlowOptions
    {
        Recovery = new RecoveryOptions { Store = new SqliteRecoveryStore("alerts.db") },
        EpochInterval = TimeSpan.FromSeconds(1),
    });
    using var signals = run.StopOnSignals();
    var result = await run.Completion;
    Console.WriteLine($"{result.Outcome}: {result.ItemsWritten} alerts sent");
}
catch (FlowException error)
{
    Console.Error.WriteLine(error.Message);
    Environment.ExitCode = 1;
}
// end-snippet
