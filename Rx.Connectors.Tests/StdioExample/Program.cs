// snippet: stdio
using Rx.Connectors.Flows;
using Rx.Connectors.Stdio;

var flow = new Dataflow("upper");
flow.Input("lines", new StdInSource())
    .Select(line => line.ToUpperInvariant())
    .Output("console", new StdOutSink());
await flow.RunAsync();
// end-snippet
