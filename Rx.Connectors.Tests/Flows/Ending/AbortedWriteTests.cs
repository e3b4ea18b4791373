using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>K8: the next run does not write beside a write of this one that ignores its token, unless this one names it.</summary>
public sealed class AbortedWriteTests
{
    [Fact]
    public async Task K8_an_abort_waits_for_a_write_that_ignores_its_token()
    {
        var write = new TaskCompletionSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = Start(write.Task, begun, new FlowOptions());
        await begun.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        run.Abort();
        Assert.False(run.Completion.IsCompleted);
        write.SetResult();
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(FlowOutcome.Aborted, result.Outcome);
        Assert.Empty(result.NotClosed);
    }

    [Fact]
    public async Task K8_an_abort_names_a_write_that_takes_longer_than_the_time_for_closing()
    {
        var write = new TaskCompletionSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = Start(write.Task, begun, new FlowOptions { CloseTimeout = TimeSpan.FromSeconds(1) });
        await begun.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        run.Abort();
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["out/0"], result.NotClosed);
        Assert.Equal(["out/0 (writing)"], result.NotClosedDetails);
        write.SetResult();
    }

    [Fact]
    public void K8_a_stop_waits_for_a_write_that_ignores_its_token()
    {
        var clock = new VirtualScheduler();
        var write = new TaskCompletionSource();
        var run = Start(write.Task, new TaskCompletionSource(), new FlowOptions { Scheduler = clock });
        clock.At(10, run.Stop);
        clock.At(TimeSpan.FromSeconds(25).Ticks, write.SetResult);
        clock.Start();
        Assert.Equal((FlowOutcome.Stopped, 1L), (run.Completion.GetAwaiter().GetResult().Outcome, run.Completion.GetAwaiter().GetResult().ItemsWritten));
        Assert.Equal(TimeSpan.FromSeconds(25).Ticks, clock.Clock);
    }

    [Theory]
    [InlineData(33, "")]
    [InlineData(50, "out/0")]
    public void K8_a_run_whose_write_has_timed_out_waits_for_it_or_names_it(int endsAt, string left)
    {
        var clock = new VirtualScheduler();
        var write = new TaskCompletionSource();
        var store = new InMemoryRecoveryStore();
        var run = Start(write.Task, new TaskCompletionSource(), new FlowOptions { Scheduler = clock, Recovery = new RecoveryOptions { Store = store } });
        // The write's own time is 30 s, that for closing 10 s.
        clock.At(TimeSpan.FromSeconds(endsAt).Ticks, write.SetResult);
        clock.AdvanceTo(TimeSpan.FromSeconds(Math.Min(endsAt, 41) - 1).Ticks);
        Assert.False(run.Completion.IsCompleted && left.Length == 0);
        clock.AdvanceTo(TimeSpan.FromSeconds(Math.Min(endsAt, 41)).Ticks);
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal("K4", error.Rule);
        Assert.Equal(left.Length == 0 ? [] : [left], error.NotClosed);
        Assert.Equal(left.Length > 0, error.Message.Contains("out/0 (closing)", StringComparison.Ordinal));
        clock.Start();
    }

    [Fact]
    public void K8_the_store_is_kept_until_the_last_write_has_ended()
    {
        var clock = new VirtualScheduler();
        var write = new TaskCompletionSource();
        var store = new InMemoryRecoveryStore();
        var options = new FlowOptions { Scheduler = clock, Recovery = new RecoveryOptions { Store = store } };
        var run = Start(write.Task, new TaskCompletionSource(), options);
        clock.At(10, run.Abort);
        clock.At(TimeSpan.FromSeconds(2).Ticks, () =>
        {
            var next = Start(Task.CompletedTask, new TaskCompletionSource(), options);
            clock.At(TimeSpan.FromSeconds(3).Ticks, () => Assert.IsType<ExecutionAliveException>(next.Completion.Exception!.InnerException!.InnerException));
        });
        clock.At(TimeSpan.FromSeconds(5).Ticks, write.SetResult);
        clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
        var last = Start(Task.CompletedTask, new TaskCompletionSource(), options);
        clock.Start();
        Assert.Equal(FlowOutcome.Completed, last.Completion.GetAwaiter().GetResult().Outcome);
    }

    [Fact]
    public async Task K4_a_callback_of_the_token_that_blocks_does_not_hold_up_the_timeout()
    {
        using var trap = new ManualResetEventSlim();
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(System.Reactive.Linq.Observable.Return(1)).ToSource()).Output("out", Bridge.To<int>(async (_, stop) =>
        {
            stop.Register(() => trap.Wait());
            await new TaskCompletionSource().Task;
        }).ToSink(new WriteOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        var run = flow.Start(new FlowOptions { CloseTimeout = TimeSpan.FromMilliseconds(200) });
        var error = await Assert.ThrowsAsync<FlowException>(() => run.Completion.WaitAsync(Times.Patience));
        trap.Set();
        Assert.Equal(("K4", "out"), (error.Rule, error.Step));
    }

    private static FlowRun Start(Task write, TaskCompletionSource begun, FlowOptions options)
    {
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(System.Reactive.Linq.Observable.Return(1)).ToSource()).Output("out", Bridge.To<int>((_, _) =>
        {
            begun.TrySetResult();
            return write;
        }).ToSink());
        return flow.Start(options);
    }
}
