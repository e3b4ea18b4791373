using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A scheduler that holds whoever schedules is refused before anything starts, also behind Rx's wrappers; others work.</summary>
public sealed class InPlaceSchedulerTests
{
    public static TheoryData<string, IScheduler> InPlace => new()
    {
        { "CurrentThreadScheduler", CurrentThreadScheduler.Instance },
        { "ImmediateScheduler", ImmediateScheduler.Instance },
        { "", CurrentThreadScheduler.Instance.DisableOptimizations() },
        { "", ImmediateScheduler.Instance.Catch<Exception>(_ => true) },
        { "", new SynchronizationContextScheduler(new InlineContext()) },
    };

    public static TheoryData<IScheduler> Others => new(
        DefaultScheduler.Instance, TaskPoolScheduler.Default, ThreadPoolScheduler.Instance, NewThreadScheduler.Default,
        DefaultScheduler.Instance.DisableOptimizations(), TaskPoolScheduler.Default.Catch<Exception>(_ => false),
        new SynchronizationContextScheduler(new SynchronizationContext()));

    [Theory]
    [MemberData(nameof(InPlace))]
    public void A_flow_refuses_it_by_name(string name, IScheduler scheduler)
    {
        var error = Assert.Throws<ArgumentException>(() => { _ = Flow().Start(new FlowOptions { Scheduler = scheduler }); });
        Assert.Equal("options.Scheduler", error.ParamName);
        Assert.StartsWith("FlowOptions.Scheduler must not", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("EventLoopScheduler", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(InPlace))]
    public void A_bridge_refuses_it_by_name(string name, IScheduler scheduler)
    {
        var error = Assert.Throws<ArgumentException>(() => Bridge.From(Observable.Return(1)).ToSource(new BridgeOptions { Scheduler = scheduler }));
        Assert.StartsWith("BridgeOptions.Scheduler must not", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Others_run_a_flow(IScheduler scheduler)
    {
        var result = await Flow().RunAsync(new FlowOptions { Scheduler = scheduler }, TestContext.Current.CancellationToken)
            .WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(100, result.ItemsWritten);
    }

    [Fact]
    public void A_virtual_clock_is_not_tried_out()
    {
        var clock = new VirtualScheduler();
        Assert.Equal(100, clock.RunToEnd(Flow().Start(new FlowOptions { Scheduler = clock })).ItemsWritten);
    }

    private static Dataflow Flow()
    {
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(Observable.Range(0, 100)).ToSource(new BridgeOptions { Capacity = 200, MaxBatchSize = 10 }))
            .Output("out", Bridge.To<int>((_, _) => Task.CompletedTask).ToSink());
        return flow;
    }

    private sealed class InlineContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => d(state);
    }
}
