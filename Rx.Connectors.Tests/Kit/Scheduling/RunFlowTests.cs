using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>Running a flow to its end, and what is told when there is none.</summary>
public sealed class RunFlowTests : IDisposable
{
    private readonly VirtualScheduler _clock = new();
    private readonly Subject<int> _client = new();

    [Fact]
    public void A_flow_runs_to_its_end()
    {
        _clock.At(5, () => _client.OnNext(1));
        _clock.At(9, _client.OnCompleted);
        var result = _clock.RunToEnd(Start(item => Task.CompletedTask));
        Assert.Equal(FlowOutcome.Completed, result.Outcome);
        Assert.Equal(1, result.ItemsWritten);
    }

    [Fact]
    public void What_a_flow_fails_with_is_thrown()
    {
        _clock.At(5, () => _client.OnError(new IOException("reset")));
        var error = Assert.Throws<FlowException>(() => _clock.RunToEnd(Start(item => Task.CompletedTask)));
        Assert.Equal("in", error.Step);
    }

    [Fact]
    public void A_flow_that_hangs_says_which_partitions_are_not_complete()
    {
        _clock.At(5, () => _client.OnNext(1));
        var error = Assert.Throws<SchedulerDeadlockException>(() => _clock.RunToEnd(Start(item => Task.CompletedTask)));
        Assert.StartsWith("the flow waits at ", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "- in/0 is not complete: 1 items in 1 batches were polled, nothing waits in it", error.Message, StringComparison.Ordinal);
        Assert.Contains("- out/0 has written 1 items", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flow_that_goes_on_for_ever_ends_at_its_limit()
    {
        using var timer = Observable.Interval(7.Ticks(), _clock).Subscribe(i => _client.OnNext((int)i));
        var error = Assert.Throws<TimeoutException>(() => _clock.RunToEnd(Start(item => Task.CompletedTask), 100.Ticks()));
        Assert.Equal(100, _clock.Clock);
        Assert.Contains(
            "- in/0 is not complete: 0 items in 0 batches were polled, 14 wait in it, the first since 7", error.Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _client.Dispose();

    private FlowRun Start(Func<int, Task> write)
    {
        var flow = new Dataflow("told");
        flow.Input("in", Bridge.From(_client).ToSource()).Output("out", Bridge.To<int>((item, _) => write(item)).ToSink());
        return flow.Start(new FlowOptions { Scheduler = _clock });
    }
}
