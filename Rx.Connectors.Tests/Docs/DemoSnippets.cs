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
            new RandomMetricOptions { Interval = TimeSpan.FromMilliseconds(1), Count = 20, Seed = 42 });
        // end-snippet
        var items = 0;
        var flow = new Dataflow("demo");
        flow.Input("metrics", source).Output("count", Bridge.To<MetricValue>((_, _) =>
        {
            items++;
            return Task.CompletedTask;
        }).ToSink());
        await flow.RunAsync().WaitAsync(Times.Patience);
        Assert.Equal(40, items);
    }
}
