using Rx.Connectors.Bridging;
using Rx.Connectors.Demo;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/stdio-and-demo.md, and that it does what the page says.</summary>
public sealed class DemoSnippets
{
    [Fact]
    public async Task Random_metrics_are_counted()
    {
        // snippet: demo
        var source = new RandomMetricSource(
            ["cpu", "memory"],
            interval: TimeSpan.FromMilliseconds(1), count: 20, seed: 42);
        // end-snippet
        var items = 0;
        var flow = new Dataflow("demo");
        flow.Input("metrics", source).Output("count", Bridge.To<(string Metric, double Value)>((_, _) =>
        {
            items++;
            return Task.CompletedTask;
        }).ToSink());
        await flow.RunAsync().WaitAsync(Times.Patience);
        Assert.Equal(40, items);
    }
}
