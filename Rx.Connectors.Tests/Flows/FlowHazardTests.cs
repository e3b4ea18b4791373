using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Rules F5 and F6 where partitions misbehave beside their polls: in their signals, their status and their closing.</summary>
public sealed class FlowHazardTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void F5_a_status_that_cannot_be_read_after_the_end_does_not_keep_the_run_from_ending()
    {
        var run = Start(new Odd { Batches = new([[1], []]), StatusFails = true, Signals = new Subject<Unit>() });
        _clock.AdvanceTo(10);
        run.Stop();
        _clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(1, run.GetProgress().ItemsRead);
    }

    [Fact]
    public void F5_a_signal_that_fails_is_an_error_of_its_partition()
    {
        var signals = new Subject<Unit>();
        var odd = new Odd { Batches = new([[], []]), Signals = signals };
        var run = Start(odd);
        _clock.AdvanceTo(10);
        signals.OnError(new IOException("lost"));
        _clock.Start();
        AssertFailed(run, "lost");
        Assert.Equal(1, odd.Closed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S8_a_partition_whose_signals_are_over_is_polled_as_one_that_has_none(bool inSubscribe)
    {
        var signals = new Subject<Unit>();
        var polls = 0;
        var run = Start(new Odd { Poll = () => ++polls < 5 ? [] : polls == 5 ? [1] : null, Signals = inSubscribe ? Observable.Empty<Unit>() : signals });
        _clock.AdvanceTo(10);
        signals.OnCompleted();
        _clock.Start();
        Assert.Equal(1, run.Completion.GetAwaiter().GetResult().ItemsRead);
    }

    [Fact]
    public void F5_a_signal_that_cannot_be_subscribed_to_is_an_error_of_its_partition()
    {
        var run = Start(new Odd { Signals = new Signal(_ => throw new IOException("no signal")) });
        _clock.Start();
        AssertFailed(run, "no signal");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F5_a_signal_that_cannot_be_unsubscribed_from_does_not_keep_the_run_from_ending(bool stop)
    {
        var odd = new Odd
        {
            Batches = new(stop ? [[1], []] : [[1]]),
            Signals = new Signal(_ => Disposable.Create(() => throw new IOException("stuck"))),
        };
        var run = Start(odd);
        _clock.AdvanceTo(10);
        run.Stop();
        _clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(1, odd.Closed);
    }

    [Fact]
    public void F5_a_batch_that_cannot_be_read_is_an_error_of_its_partition()
    {
        var run = Start(new Odd { Batches = new([new Unreadable()]) });
        _clock.Start();
        AssertFailed(run, "unreadable");
    }

    [Fact]
    public void F5_a_sink_that_aborts_while_it_starts_is_closed()
    {
        var sink = new AbortingSink();
        var flow = new Dataflow("f");
        flow.Input("feed", Bridge.From(Observable.Return(1)).ToSource()).Output("out", sink);
        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        Assert.IsType<AbortFlowException>(run.Completion.Exception!.InnerException);
        Assert.True(sink.IsClosed);
    }

    [Fact]
    public void Dropped_items_still_count_when_their_source_has_ended()
    {
        var flow = new Dataflow("f");
        flow.Input("feed", Bridge.From(Observable.Range(0, 10)).ToSource(new BridgeOptions { MaxBatchSize = 4, Capacity = 4, Overflow = OverflowPolicy.DropWrite }))
            .Output("out", Ignore());
        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        var source = run.GetProgress().Sources.Single();
        Assert.True(source.IsComplete);
        Assert.Equal(4, source.Items);
        Assert.Equal(6, source.Dropped);
    }

    [Fact]
    public void F6_a_client_that_takes_virtual_time_to_close_is_waited_for_on_the_same_thread()
    {
        for (var round = 0; round < 50; round++)
        {
            var clock = new VirtualScheduler();
            var flow = new Dataflow("f");
            flow.Input("feed", Bridge.From(SlowToClose(clock)).ToSource()).Output("out", Ignore());
            var run = flow.Start(new FlowOptions { Scheduler = clock, CloseTimeout = TimeSpan.FromTicks(1_000) });
            clock.At(100, run.Stop);
            clock.Start();
            Assert.True(run.Completion.IsCompletedSuccessfully);
            Assert.Empty(run.Completion.Result.NotClosed);
            Assert.Equal(110, clock.Clock);
        }
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_flow_on_a_scheduler_with_many_threads_polls_one_at_a_time()
    {
        using var signals = new Subject<Unit>();
        var polls = 0;
        var inside = 0;
        var overlapped = false;
        var odd = new Odd
        {
            Signals = signals,
            Poll = () =>
            {
                overlapped |= Interlocked.Increment(ref inside) > 1;
                Thread.SpinWait(200);
                Interlocked.Decrement(ref inside);
                return ++polls < 20_000 ? [] : null;
            },
        };
        var run = Start(odd, DefaultScheduler.Instance);
        var senders = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!run.Completion.IsCompleted)
            {
                signals.OnNext(Unit.Default);
            }
        })).ToArray();
        await run.Completion.WaitAsync(Times.Patience);
        await Task.WhenAll(senders);
        Assert.False(overlapped);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_flow_on_a_scheduler_with_many_threads_misses_no_signal()
    {
        using var source = new Subject<int>();
        var written = 0;
        var flow = new Dataflow("f");
        flow.Input("feed", Bridge.From(source).ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }))
            .Output("out", Bridge.To<int>((_, _) =>
            {
                Volatile.Write(ref written, written + 1);
                return Task.CompletedTask;
            }).ToSink());
        var run = flow.Start(new FlowOptions { Scheduler = DefaultScheduler.Instance });
        await RealPolls.Until(() => source.HasObservers);
        for (var i = 1; i <= 20_000; i++)
        {
            source.OnNext(i);
            // The next one is sent while the round that took this one is about to end.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref written) == i, Times.Patience));
        }

        source.OnCompleted();
        Assert.Equal(20_000, (await run.Completion.WaitAsync(Times.Patience)).ItemsWritten);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task Progress_can_be_read_while_the_run_is_opening()
    {
        var keys = Enumerable.Range(0, 20_000).Select(i => $"{i:D5}").ToArray();
        for (var round = 0; round < 5; round++)
        {
            var flow = new Dataflow("f");
            flow.Input("feed", Bridge.From(Observable.Empty<string>()).ToSource()).Output("out", new ListSink(keys), key => key);
            var run = flow.Start();
            while (!run.Completion.IsCompleted)
            {
                Assert.Empty(run.GetProgress().Sinks);
            }

            await run.Completion;
        }
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_run_that_is_over_leaves_nothing_behind_at_the_token()
    {
        using var cancel = new CancellationTokenSource();
        using var loop = new EventLoopScheduler();
        var random = new Random(1);
        var flows = Enumerable.Range(0, 3_000).Select(_ => RunToEnd(loop, random.Next(3_000), cancel.Token)).ToList();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // The last one may still be on the loop's stack.
        Assert.InRange(flows.Count(flow => flow.IsAlive), 0, 1);
        GC.KeepAlive(cancel);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunToEnd(IScheduler loop, int spin, CancellationToken cancel)
    {
        using var closed = new ManualResetEventSlim();
        var flow = new Dataflow("f");
        flow.Input("feed", new OddSource(new Odd { OnClose = closed.Set })).Output("out", Ignore());
        var run = flow.RunAsync(
            new FlowOptions
            {
                Scheduler = new Overtaken(loop, () =>
                {
                    closed.Wait(Times.Patience);
                    Thread.SpinWait(spin);
                }),
            },
            cancel);
        Assert.True(run.Wait(Times.Patience));
        return new WeakReference(flow);
    }

    private static async IAsyncEnumerable<int> SlowToClose(VirtualScheduler clock, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            yield return 1;
            var never = new TaskCompletionSource();
            using var registration = cancellation.Register(() => never.TrySetCanceled());
            await never.Task;
        }
        finally
        {
            var closed = new TaskCompletionSource();
            clock.At(clock.Clock + 10, closed.SetResult);
            await closed.Task;
        }
    }

    private static DynamicSink<int> Ignore() => Bridge.ToBatches<int>((_, _) => Task.CompletedTask).ToSink();

    private static void AssertFailed(FlowRun run, string message)
    {
        var failure = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal(("feed", "only", message), (failure.Step, failure.Partition, failure.InnerException!.Message));
    }

    private FlowRun Start(Odd partition, IScheduler? scheduler = null)
    {
        var flow = new Dataflow("f");
        flow.Input("feed", new OddSource(partition)).Output("out", Ignore());
        return flow.Start(new FlowOptions { Scheduler = scheduler ?? _clock });
    }

    private sealed class OddSource(Odd partition) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["only"];

        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition1, ResumeState<int> resumeState) => partition;
    }

    private sealed class Odd : StatefulSourcePartition<int, int>
    {
        public Queue<IReadOnlyList<int>?> Batches { get; init; } = new();

        public Func<IReadOnlyList<int>?>? Poll { get; init; }

        public IObservable<Unit>? Signals { get; init; }

        public bool StatusFails { get; init; }

        public Action? OnClose { get; init; }

        public int Closed { get; private set; }

        public override IObservable<Unit>? Available => Signals;

        public override SourceStatus Status => StatusFails && Closed > 0 ? throw new ObjectDisposedException("Odd") : default;

        public override IReadOnlyList<int>? NextBatch() => Poll is not null ? Poll() : Batches.TryDequeue(out var batch) ? batch : null;

        public override ResumeState<int> Snapshot() => ResumeState<int>.None;

        protected override void Dispose(bool disposing)
        {
            Closed++;
            OnClose?.Invoke();
        }
    }

    private sealed class Signal(Func<IObserver<Unit>, IDisposable> subscribe) : IObservable<Unit>
    {
        public IDisposable Subscribe(IObserver<Unit> observer) => subscribe(observer);
    }

    private sealed class Unreadable : List<int>, IReadOnlyList<int>
    {
        public Unreadable()
            : base([1])
        {
        }

        int IReadOnlyList<int>.this[int index] => throw new IOException("unreadable");
    }

    private sealed class AbortingSink : DynamicSink<int>
    {
        public bool IsClosed { get; private set; }

        public override StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) => new Partition(this);

        private sealed class Partition(AbortingSink sink) : StatelessSinkPartition<int>
        {
            public override void Start(IScheduler scheduler) => throw new AbortFlowException("enough");

            public override void WriteBatch(IReadOnlyList<int> items)
            {
            }

            protected override void Dispose(bool disposing) => sink.IsClosed = true;
        }
    }

    /// <summary>Lets what was scheduled first get ahead of who scheduled it.</summary>
    private sealed class Overtaken(IScheduler inner, Action wait) : IScheduler
    {
        private int _calls;

        public DateTimeOffset Now => inner.Now;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
        {
            // The first call only finds out whether work runs in place. Counted before: what is scheduled may run, and schedule in its
            // turn, before this call goes on.
            var isFirstOfRun = Interlocked.Increment(ref _calls) == 2;
            var scheduled = inner.Schedule(state, action);
            if (isFirstOfRun)
            {
                wait();
            }

            return scheduled;
        }

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            inner.Schedule(state, dueTime, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            inner.Schedule(state, dueTime, action);
    }
}
