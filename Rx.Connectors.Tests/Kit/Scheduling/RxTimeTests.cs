using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>F6: an operator of Rx with a time and no scheduler runs on the real clock, and is named.</summary>
public sealed class RxTimeTests
{
    private static readonly TimeSpan _time = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, Func<IObservable<int>, IScheduler, IObservable<object>>> _operators = new()
    {
        ["Throttle"] = (items, _) => items.Throttle(_time).Select(Box),
        ["Buffer"] = (items, _) => items.Buffer(_time).Select(Box),
        ["Buffer "] = (items, _) => items.Buffer(_time, 3).Select(Box),
        ["Window"] = (items, _) => items.Window(_time).Merge().Select(Box),
        ["Window "] = (items, _) => items.Window(_time, 3).Merge().Select(Box),
        ["Timeout"] = (items, _) => items.Timeout(_time).Select(Box),
        ["Timeout "] = (items, _) => items.Timeout(new DateTimeOffset(2100, 1, 1, 0, 0, 0, default)).Select(Box),
        ["Delay"] = (items, _) => items.Delay(_time).Select(Box),
        ["DelaySubscription"] = (items, _) => items.DelaySubscription(_time).Select(Box),
        ["Sample"] = (items, _) => items.Sample(_time).Select(Box),
        ["Timer or Interval"] = (items, _) => items.Merge(Observable.Interval(_time).Select(tick => (int)tick)).Select(Box),
        ["Timer or Interval "] = (items, _) => items.TakeUntil(Observable.Timer(_time)).Select(Box),
        ["Timer or Interval  "] = (items, _) => items.Concat(Observable.Throw<int>(new IOException("reset")))
            .RetryWhen(errors => errors.SelectMany(_ => Observable.Timer(_time))).Select(Box),
        ["Generate"] = (items, _) => items.Merge(Observable.Generate(0, i => i < 3, i => i + 1, i => i, _ => _time)).Select(Box),
        ["Take"] = (items, _) => items.Take(_time).Select(Box),
        ["Skip"] = (items, _) => items.Skip(_time).Select(Box),
        ["TakeUntil"] = (items, _) => items.TakeUntil(new DateTimeOffset(2100, 1, 1, 0, 0, 0, default)).Select(Box),
        ["SkipUntil"] = (items, _) => items.SkipUntil(new DateTimeOffset(2100, 1, 1, 0, 0, 0, default)).Select(Box),
        ["TakeLast"] = (items, _) => items.TakeLast(_time).Select(Box),
        ["SkipLast"] = (items, _) => items.SkipLast(_time).Select(Box),
        ["Timestamp"] = (items, _) => items.Timestamp().Select(Box),
        ["TimeInterval"] = (items, _) => items.TimeInterval().Select(Box),
        ["ReplaySubject"] = (items, _) => items.Replay(_time).RefCount().Select(Box),
        ["ObserveOn"] = (items, _) => items.ObserveOn(Scheduler.Default).Select(Box),
        ["SubscribeOn"] = (items, _) => items.SubscribeOn(Scheduler.Default).Select(Box),
        ["ToAsync"] = (items, _) => items.SelectMany(item => Observable.Start(() => item)).Select(Box),
    };

    public static TheoryData<string> Operators => [.. _operators.Keys];

    [Theory]
    [MemberData(nameof(Operators))]
    public void F6_an_operator_without_a_scheduler_is_named(string name)
    {
        var clock = new VirtualScheduler();
        using var items = new Subject<int>();
        using var subscription = new System.Reactive.Disposables.SingleAssignmentDisposable();
        clock.AtMs(1, () => subscription.Disposable = _operators[name](items, clock).Subscribe(_ => { }, _ => { }));
        clock.AtMs(2, () => items.OnNext(1));
        clock.AtMs(3, () => items.OnNext(2));
        clock.AtMs(4, items.OnCompleted);
        clock.AtMs(5, () => { });

        var error = Assert.Throws<EscapedWorkException>(clock.Start);

        Assert.True(error.Message.Contains($" {name.Trim()} ", StringComparison.Ordinal), error.Message);
        Assert.Contains("(.., scheduler)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Task.Yield", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void F6_an_operator_that_sleeps_is_reported()
    {
        var clock = new VirtualScheduler();
        clock.AtMs(1, () => Observable.Timer(TimeSpan.FromMilliseconds(30), Scheduler.CurrentThread).Subscribe());
        clock.AtMs(2, () => { });

        var error = Assert.Throws<EscapedWorkException>(clock.Start);

        Assert.Contains("a delay on CurrentThreadScheduler or ImmediateScheduler put the clock's thread to sleep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void F6_it_is_reported_in_a_query_of_a_bridge()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("orders");
        flow.Input("in", Bridge.From(Client(clock)).Query(items => items.Buffer(_time)).ToSource())
            .Output("out", new TestingSink<IList<int>>());

        var error = Assert.Throws<EscapedWorkException>(() => clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = clock })));

        Assert.Contains(" Buffer asked for a timer of the real clock. ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Buffer(.., scheduler). A bridge hands it to its query", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void F6_a_query_with_positions_is_reported_too_and_not_with_the_clock_that_it_is_handed()
    {
        var clock = new VirtualScheduler();
        var bridge = Bridge.From((ResumeState<int> _) => Client(clock), item => item + 1);

        var error = Assert.Throws<EscapedWorkException>(() => Run(bridge.Query(items => items.DroppingGaps(all => all.Throttle(_time)))));
        Assert.Contains(" Throttle asked for a timer of the real clock. ", error.Message, StringComparison.Ordinal);
        clock = new VirtualScheduler();
        Run(Bridge.From((ResumeState<int> _) => Client(clock), item => item + 1).Query((items, scheduler) => items.Throttle(_time, scheduler)));

        void Run(ResumableSourceBridge<int, int> shaped)
        {
            var flow = new Dataflow("orders");
            flow.Input("in", shaped.ToSource("all")).Output("out", new TestingSink<int>());
            clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = clock }));
        }
    }

    [Fact]
    public void F6_it_is_reported_in_a_write()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("orders");
        flow.Input("in", new TestingSource<int>(1, 2))
            .Output("out", Bridge.To<int, int>(_ => Observable.Never<int>().Take(TimeSpan.FromMilliseconds(1))).ToSink());

        var error = Assert.ThrowsAny<Exception>(() => clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = clock })));

        Assert.True(error is EscapedWorkException or SchedulerDeadlockException, error.ToString());
        Assert.Contains(" Take asked for a timer of the real clock. ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void F6_operators_with_the_clock_are_not_reported()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("orders");
        var sink = new TestingSink<int>();
        flow.Input("in", Bridge.From(Client(clock)).Query(items => items
                .Delay(_time, clock).Timeout(_time * 3, clock).Buffer(_time, clock).SelectMany(all => all).ObserveOn(clock)
                .Merge(Observable.Range(0, 3).Concat(Observable.Return(7)).Repeat(2).Take(5)).Timestamp(clock).Select(one => one.Value))
            .ToSource()).Output("out", sink);

        clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = clock }));

        Assert.Equal(8, sink.Items.Count);
    }

    [Fact]
    public async Task Ordinary_Rx_beside_the_clock_is_not_reported()
    {
        var clock = new VirtualScheduler();
        var ticks = Observable.Interval(TimeSpan.FromMilliseconds(1)).Timestamp().Throttle(TimeSpan.FromTicks(1)).Take(3).ToTask();
        for (var i = 1; i < 100; i++)
        {
            clock.AtMs(i, () => { });
        }

        clock.Start();
        Assert.NotEqual(default, (await ticks.WaitAsync(Times.Patience, TestContext.Current.CancellationToken)).Timestamp);
        clock.AtMs(200, () => { });
        clock.Start();
    }

    [Theory]
    [InlineData("Throttle")]
    [InlineData("Timeout")]
    [InlineData("Buffer")]
    [InlineData("Window")]
    [InlineData("Sample")]
    [InlineData("Timer or Interval")]
    public void Pending_timers_are_found_where_Rx_could_not_be_watched_from_the_start(string name)
    {
        using var items = new Subject<int>();
        using var subscription = _operators[name](items, Scheduler.Default).Subscribe();
        items.OnNext(1);

        Assert.Contains(name, RealTimers.All().Select(timer => timer.Operator));
    }

    [Fact]
    public void Ignore_lets_it_be()
    {
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Escapes = EscapePolicy.Ignore });
        clock.AtMs(1, () => Observable.Timer(_time).Subscribe().Dispose());
        clock.AtMs(2, () => { });
        clock.Start();
    }

    private static object Box<T>(T value) => value!;

    private static async IAsyncEnumerable<int> Client(VirtualScheduler clock)
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Delay(_time / 4, clock.TimeProvider);
            yield return i;
        }
    }
}
