using System.Reactive.Linq;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>Consumers of a broker in a whole flow: what is acknowledged, given back and delivered again (Q1).</summary>
public sealed class AcknowledgingFlowTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<TestConsumer> _consumers = [];
    private readonly KeptSink _sink = new("one", "two");

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    public void Q1_S11_P5_deliveries_are_acknowledged_after_the_epoch_with_and_without_a_store_and_the_last_ones_before_closing(
        bool withStore, int workers)
    {
        var store = new TestingRecoveryStore();
        var run = Start(40, workers, withStore ? store : null);
        _clock.Start();
        Assert.Equal(FlowOutcome.Completed, run.Completion.GetAwaiter().GetResult().Outcome);
        foreach (var consumer in _consumers)
        {
            Assert.Equal(Enumerable.Range(0, 40), consumer.Acked);
            Assert.Empty(consumer.Nacked);
            Assert.Equal("closed", consumer.Log[^1]);
            Assert.True(consumer.AckCalls > 2);
        }

        Assert.Equal(80, _sink.All.Count());
        Assert.Equal(withStore, store.Commits.Count > 0);
    }

    [Fact]
    public void Q1_F4_what_was_committed_at_a_stop_is_acknowledged_and_the_rest_given_back()
    {
        var run = Start(1_000, workers: 1, store: null);
        _clock.AdvanceTo(2_005);
        run.Stop();
        _clock.Start();
        Assert.Equal(FlowOutcome.Stopped, run.Completion.GetAwaiter().GetResult().Outcome);
        var acked = _consumers.Sum(consumer => consumer.Acked.Count);
        Assert.Equal(_sink.All.Count(), acked);
        Assert.InRange(acked, 1, 1_999);
        Assert.All(_consumers, consumer => Assert.Empty(consumer.Acked.Intersect(consumer.Nacked)));
    }

    [Fact]
    public void Q1_F4_after_an_abort_nothing_more_is_acknowledged()
    {
        var run = Start(1_000, workers: 1, store: null);
        _clock.AdvanceTo(2_005);
        var acked = _consumers.Select(consumer => consumer.Acked.Count).ToArray();
        Assert.DoesNotContain(0, acked);
        run.Abort();
        _clock.Start();
        Assert.Equal(acked, _consumers.Select(consumer => consumer.Acked.Count));
        Assert.All(_consumers, consumer => Assert.Equal("closed", consumer.Log[^1]));
    }

    [Fact]
    public void S11_F5_an_acknowledgement_that_fails_ends_the_flow_and_names_the_consumer()
    {
        var run = Start(1_000, workers: 1, store: null, failsAt: 2);
        _clock.Start();
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("orders", "S11"), (error.Step, error.Rule));
        Assert.StartsWith("consumer-", error.Partition, StringComparison.Ordinal);
        Assert.IsType<AcknowledgementException>(error.InnerException);
    }

    private FlowRun Start(int deliveries, int workers, IRecoveryStore? store, int failsAt = 0)
    {
        var source = new TestSource<string>(
            consumer =>
            {
                var steps = Enumerable.Range(0, deliveries).Select(i => new Step(i * 10, i))
                    .Append(new Step(deliveries * 10, null, Ends: true));
                var made = new TestConsumer(_clock, steps) { FailsAt = failsAt };
                _consumers.Add(made);
                return made;
            },
            numbers => numbers.Select(i => $"{i}"),
            consumers: 2,
            bridge: new BridgeOptions { MaxBatchSize = 7, MaxBatchDelay = TimeSpan.FromTicks(30) });
        var flow = new Dataflow("orders");
        flow.Input("orders", source).Output("out", _sink, item => item);
        return flow.Start(new FlowOptions
        {
            Scheduler = _clock,
            Workers = workers,
            EpochInterval = TimeSpan.FromTicks(100),
            Recovery = store is null ? null : new RecoveryOptions { Store = store },
        });
    }
}
