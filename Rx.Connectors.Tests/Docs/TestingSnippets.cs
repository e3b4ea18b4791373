using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/testing.md, and that it does what the page says.</summary>
public sealed class TestingSnippets
{
    [Fact]
    public void A_whole_flow_runs_in_virtual_time()
    {
        // snippet: testing-flow
        var clock = new VirtualScheduler();
        var source = new TestingSource<int>(1, 2, TestingItem.Pause(TimeSpan.FromHours(1)), 3, TestingItem.Abort, 4);
        var sink = new TestingPartitionedSink<int>();
        var store = new InMemoryRecoveryStore();

        FlowRun Start()
        {
            var flow = new Dataflow("orders");
            flow.Input("in", source).Select(order => order * 10).Output("out", sink, order => $"{order}");
            return flow.Start(new FlowOptions { Scheduler = clock, Recovery = new RecoveryOptions { Store = store } });
        }

        Assert.Throws<AbortFlowException>(() => clock.RunToEnd(Start()));
        clock.RunToEnd(Start());
        Assert.Equal([10, 20, 30, 40], sink.Items);
        // end-snippet
        Assert.InRange(clock.Clock, TimeSpan.FromHours(1).Ticks, TimeSpan.FromHours(3).Ticks);
    }

    [Fact]
    public void An_asynchronous_client_follows_the_clock()
    {
        // snippet: testing-async
        var clock = new VirtualScheduler();
        using var partition = Bridge.From(clock.Adopt(Ticks(clock.TimeProvider))).ToPartition();
        partition.Start(clock);
        Assert.Equal([0, 1, 2], partition.PollNextBatch(clock, TimeSpan.FromDays(1)));
        Assert.Null(partition.PollNextBatch(clock));

        static async IAsyncEnumerable<int> Ticks(TimeProvider time)
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time);
                await Task.Yield();
                yield return i;
            }
        }
        // end-snippet
    }
}
