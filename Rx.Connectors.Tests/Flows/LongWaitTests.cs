using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Waits of more than 49 days, which no timer of the framework takes.</summary>
public sealed class LongWaitTests
{
    private static readonly TimeSpan _sixtyDays = TimeSpan.FromDays(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_epoch_of_sixty_days_and_a_time_that_never_comes_are_waited_for_on_the_real_clock(bool ofRx)
    {
        using var loop = new EventLoopScheduler();
        using var signals = new Subject<Unit>();
        var polls = 0;
        var flow = new Dataflow("long");
        flow.Input("in", new OneSource<int>(() => new Sleepy(signals, () => Interlocked.Increment(ref polls)))).Output("out", new TestingSink<int>());
        var run = flow.Start(new FlowOptions { Scheduler = ofRx ? loop : null, EpochInterval = _sixtyDays, ProgressInterval = _sixtyDays });
        using var progress = run.Progress.Subscribe(static _ => { });
        // The one that is taken when the run ends, and those that each signal brings.
        for (var round = 1; round <= 3; round++)
        {
            var before = Volatile.Read(ref polls);
            await RealPolls.Until(() =>
            {
                signals.OnNext(Unit.Default);
                return Volatile.Read(ref polls) > before;
            });
        }

        run.Stop();
        Assert.Equal(FlowOutcome.Stopped, (await run.Completion.WaitAsync(Times.Patience)).Outcome);
    }

    [Fact]
    public void Every_wait_of_a_flow_may_be_long()
    {
        var clock = new VirtualScheduler();
        var timers = new ShortTimers(clock);
        var committed = new List<TimeSpan>();
        var store = new CommitHook(new InMemoryRecoveryStore(), _ => committed.Add(TimeSpan.FromTicks(clock.Clock)));
        var flow = new Dataflow("long");
        // After 40, 80 and 120 days.
        flow.Input("in", new CountedSource(("a", 3)) { MaxBatchSize = 1, Pace = static (_, _) => TimeSpan.FromDays(40) })
            .Output("out", new TestingSink<string>());
        var run = flow.Start(new FlowOptions
        {
            Scheduler = timers,
            EpochInterval = _sixtyDays,
            ProgressInterval = _sixtyDays,
            CloseTimeout = _sixtyDays,
            Recovery = new RecoveryOptions { Store = store },
        });
        var progress = new List<TimeSpan>();
        using var watched = run.Progress.Subscribe(_ => progress.Add(TimeSpan.FromTicks(clock.Clock)));
        _ = clock.RunToEnd(run);
        Assert.Equal([100, 120], committed.Select(one => one.TotalDays));
        Assert.Equal(_sixtyDays, progress[0]);
    }

    [Fact]
    public void A_closing_may_be_waited_for_long()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("closing");
        flow.Input("in", new OneSource<int>(() => new Unclosed())).Output("out", new TestingSink<int>());
        var result = clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = new ShortTimers(clock), CloseTimeout = _sixtyDays }));
        Assert.Single(result.NotClosed);
        Assert.Equal(_sixtyDays, result.Elapsed);
    }

    [Fact]
    public void A_window_a_write_and_an_interval_may_be_long()
    {
        var clock = new VirtualScheduler();
        var timers = new ShortTimers(clock);
        using var client = new Subject<int>();
        using var window = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.MaxValue });
        window.Start(timers);
        client.OnNext(1);
        Assert.Equal([], window.NextBatch());
        using var sink = Bridge.To<int>((_, _) => new TaskCompletionSource().Task).ToPartition(new WriteOptions { Timeout = _sixtyDays });
        sink.Start(timers);
        Assert.ThrowsAny<Exception>(() => sink.WriteBatch([1]));
        Assert.Equal(_sixtyDays.Ticks, clock.Clock);
        var ticks = 0;
        using var timer = timers.ToTimeProvider().CreateTimer(_ => ticks++, null, _sixtyDays, _sixtyDays);
        clock.AdvanceBy(_sixtyDays.Ticks * 3);
        Assert.Equal(3, ticks);
        timer.Change(TimeSpan.MaxValue, TimeSpan.MaxValue);
        timer.Dispose();
    }

    [Fact]
    public void A_long_wait_that_is_cancelled_in_its_second_stretch_does_not_end()
    {
        var clock = new VirtualScheduler();
        var ended = false;
        var timer = new ShortTimers(clock).ToTimeProvider().CreateTimer(_ => ended = true, null, _sixtyDays, Timeout.InfiniteTimeSpan);
        clock.AdvanceBy(_sixtyDays.Ticks / 2);
        timer.Dispose();
        clock.AdvanceBy(_sixtyDays.Ticks);
        Assert.False(ended);
        Assert.Equal(0, clock.Pending);
    }

    /// <summary>Polled at a signal, and at a time that never comes.</summary>
    private sealed class Sleepy(IObservable<Unit> signals, Action polled) : StatelessSourcePartition<int>
    {
        public override DateTimeOffset? NextAwake => DateTimeOffset.MaxValue;

        public override IObservable<Unit> Available => signals;

        public override IReadOnlyList<int>? NextBatch()
        {
            polled();
            return [1];
        }
    }

    private sealed class Unclosed : StatelessSourcePartition<int>
    {
        public override IReadOnlyList<int>? NextBatch() => null;

        public override ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }
}
