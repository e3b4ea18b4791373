using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

public sealed class FlowFirstTests
{
    [Fact]
    public void Whole_flow_runs_in_virtual_time()
    {
        var scheduler = new WaitingTestScheduler();
        var written = new List<int>();
        var flow = new Dataflow("hello");
        flow.Input("numbers", Bridge.From(Enumerable.Range(0, 1000).ToAsyncEnumerable()).ToSource())
            .Where(i => i % 2 == 0)
            .Output("list", Bridge.To<int>((i, _) => { written.Add(i); return Task.CompletedTask; }).ToSink());
        var run = flow.RunAsync(new FlowOptions { Scheduler = scheduler }, TestContext.Current.CancellationToken);
        scheduler.Start();
        Assert.True(run.IsCompletedSuccessfully, run.Exception?.ToString());
        Assert.Equal(500, written.Count);
    }

    [Fact]
    public async Task Whole_flow_runs_on_a_thread_of_its_own()
    {
        var written = new List<int>();
        var flow = new Dataflow("hello");
        flow.Input("numbers", Bridge.From(Numbers()).ToSource())
            .Output("list", Bridge.To<int>(async (i, _) => { await Task.Yield(); written.Add(i); }).ToSink());
        var result = await flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 1000), written);
        Assert.Equal(1000, result.ItemsWritten);
    }

    private static async IAsyncEnumerable<int> Numbers()
    {
        for (var i = 0; i < 1000; i++)
        {
            if (i % 10 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }
}
