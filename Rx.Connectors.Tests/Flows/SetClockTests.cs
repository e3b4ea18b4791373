using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>
/// The machine's clock is set while a flow runs. Intervals, windows, timeouts and backoff go on by elapsed time; only what is a date
/// follows the date.
/// </summary>
public sealed class SetClockTests
{
    private static readonly DateTimeOffset _noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly JumpingClock _clock = new(_noon);
    private readonly List<TimeSpan> _at = [];

    private TimeSpan Gone => TimeSpan.FromTicks(_clock.Elapsed.Clock);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void An_interval_of_polls_goes_on(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(2.5));
        _clock.SetBy(TimeSpan.FromHours(-hours), after: Seconds(5.5));
        _ = Run(new Polling(TimeSpan.FromSeconds(1), null, Note, 8));
        Assert.Equal(Enumerable.Range(0, 9).Select(i => Seconds(i)), _at);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_long_interval_of_polls_and_a_retry_go_on(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(100));
        var answers = new Queue<TimeSpan?>([null, TimeSpan.FromMinutes(20)]);
        _ = Run(new Polling(TimeSpan.FromMinutes(30), null, Note, 3) { Retry = () => answers.TryDequeue(out var delay) ? delay : null });
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(80), TimeSpan.FromMinutes(110)], _at);
    }

    [Fact]
    public void Aligned_polls_follow_the_date()
    {
        var dates = new List<TimeSpan>();
        _clock.SetBy(TimeSpan.FromHours(-1), after: TimeSpan.FromMinutes(15));
        _clock.SetBy(TimeSpan.FromHours(1), after: TimeSpan.FromMinutes(35));
        _ = Run(new Polling(TimeSpan.FromMinutes(10), _noon, () => dates.Add(_clock.Now - _noon), 6));
        // 12:00, 12:10; set back 11:20, 11:30; set ahead at 11:35 the one that is overdue within a second, and 12:40.
        Assert.Equal([0, 10, -40, -30, 35, 40, 50], dates.Select(one => Math.Floor(one.TotalMinutes)));
        Assert.True(dates[4] <= TimeSpan.FromMinutes(35) + Seconds(1));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(-30, 90)]
    public void A_partition_that_names_a_date_is_polled_at_that_date(int minutes, int expected)
    {
        _clock.SetBy(TimeSpan.FromMinutes(minutes), after: TimeSpan.FromMinutes(10));
        _ = Run(new Dated(_noon + TimeSpan.FromHours(1), Note));
        Assert.InRange(Assert.Single(_at), TimeSpan.FromMinutes(expected), TimeSpan.FromMinutes(expected) + Seconds(1));
        Assert.Equal(0, _clock.ScheduledForDates);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void What_the_clock_moved_past_while_it_was_due_stays_due(int hours)
    {
        // The first poll takes so long that the others are due when it ends, and the clock is set meanwhile.
        var slow = new Polling(TimeSpan.FromSeconds(1), null, () =>
        {
            Note();
            _clock.SetBy(TimeSpan.FromHours(_at.Count == 1 ? hours : 0));
            _clock.Elapsed.RunUntil(static () => false, ((System.Reactive.Concurrency.IScheduler)_clock.Elapsed).Now + Seconds(0.4), "a slow poll");
        }, 3);
        _ = Run(slow);
        Assert.Equal([Seconds(0), Seconds(1), Seconds(2), Seconds(3)], _at);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void An_epoch_lasts_as_long_as_it_is_to(int hours)
    {
        var store = new CommitHook(new InMemoryRecoveryStore(), _ => Note());
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(12));
        _ = Run(new Polling(TimeSpan.FromSeconds(1), null, static () => { }, 30), new FlowOptions
        {
            Scheduler = _clock,
            EpochInterval = Seconds(10),
            Recovery = new RecoveryOptions { Store = store },
        });
        Assert.Equal([Seconds(10), Seconds(20), Seconds(30)], _at.Select(one => Seconds(Math.Floor(one.TotalSeconds))));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void K4_a_write_has_its_time_and_no_more(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(1));
        var failed = Write(Bridge.To<int>((_, _) => new TaskCompletionSource().Task), new WriteOptions { Timeout = Seconds(10) });
        Assert.IsType<TimeoutException>(Assert.IsType<SinkWriteException>(failed).Failed[0].Exception);
        Assert.Equal(Seconds(10), Gone);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void K5_a_retry_waits_as_long_as_it_is_to(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(1));
        var writes = Bridge.To<int>((_, _) =>
        {
            Note();
            return _at.Count == 1 ? throw new IOException("busy") : Task.CompletedTask;
        });
        Assert.Null(Write(writes, new WriteOptions { MaxRetryAttempts = 1, Backoff = Every(Seconds(10)), Timeout = Timeout.InfiniteTimeSpan }));
        Assert.Equal([TimeSpan.Zero, Seconds(10)], _at);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void S7_a_window_that_is_open_lasts_as_long_as_it_is_to_and_what_waits_in_it_is_as_old_as_it_is(int hours)
    {
        using var client = new Subject<int>();
        _clock.Elapsed.At(Seconds(1).Ticks, () => client.OnNext(1));
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(3));
        var flow = new Dataflow("windows");
        flow.Input("in", new OneSource<int>(() => Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchDelay = Seconds(10) })))
            .Output("out", new Noting(Note));
        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        _clock.AdvanceBy(Seconds(5).Ticks);
        Assert.Equal(Seconds(4), run.GetProgress().Sources[0].Lag);
        _clock.AdvanceBy(Seconds(95).Ticks);
        Assert.Equal([Seconds(10)], _at);
        run.Stop();
        Assert.Equal(Seconds(100), _clock.Elapsed.RunToEnd(run).Elapsed);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_step_of_Batch_FromAsync_has_its_time_and_no_more(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(1));
        using var batches = Batch.FromAsync(new Never(), Seconds(10), 5, _clock).GetEnumerator();
        Assert.True(batches.MoveNext());
        Assert.Equal(Seconds(10), Gone);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_restart_waits_as_long_as_it_is_to(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(1));
        var source = new CountedSource(("a", 3))
        {
            Failure = (_, _) =>
            {
                Note();
                return _at.Count == 1 ? new IOException("gone") : null;
            },
        };
        var flow = new Dataflow("restarts");
        flow.Input("in", source, new RestartOptions { Backoff = Every(Seconds(10)) }).Output("out", new TestingSink<string>());
        _ = _clock.Elapsed.RunToEnd(flow.Start(new FlowOptions { Scheduler = _clock }));
        Assert.Equal([TimeSpan.Zero, Seconds(10), Seconds(10)], _at);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_listing_and_a_closing_have_their_time_and_no_more(int hours)
    {
        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(1));
        var flow = new Dataflow("times");
        flow.Input("in", new OrphanedPartitions()).Output("out", new TestingSink<int>());
        var run = flow.Start(new FlowOptions { Scheduler = _clock, ListTimeout = Seconds(10) });
        Assert.Throws<FlowException>(() => _clock.Elapsed.RunToEnd(run));
        Assert.Equal(Seconds(10), Gone);

        _clock.SetBy(TimeSpan.FromHours(hours), after: Seconds(1));
        var closing = new Dataflow("closing");
        closing.Input("in", new OneSource<int>(() => new Unclosed())).Output("out", new TestingSink<int>());
        var result = _clock.Elapsed.RunToEnd(closing.Start(new FlowOptions { Scheduler = _clock, CloseTimeout = Seconds(10) }));
        Assert.Single(result.NotClosed);
        Assert.Equal(Seconds(10), result.Elapsed);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static BackoffOptions Every(TimeSpan delay) => new() { BaseDelay = delay, MaxDelay = delay, Jitter = false };

    private void Note() => _at.Add(Gone);

    private FlowResult Run<TPosition>(FixedPartitionedSource<int, TPosition> source, FlowOptions? options = null)
    {
        var flow = new Dataflow("polls");
        flow.Input("in", source).Output("out", new TestingSink<int>());
        return _clock.Elapsed.RunToEnd(flow.Start(options ?? new FlowOptions { Scheduler = _clock }));
    }

    private Exception? Write(SinkBridge<int> bridge, WriteOptions options)
    {
        using var partition = bridge.ToPartition(options);
        partition.Start(_clock);
        return Record.Exception(() => partition.WriteBatch([1]));
    }

    /// <summary>Gives an item at each poll, after so many the end.</summary>
    private sealed class Polling(TimeSpan interval, DateTimeOffset? alignTo, Action polled, int items)
        : SimplePollingSource<int, int>(interval, alignTo)
    {
        private int _next;

        public Func<TimeSpan?>? Retry { get; init; }

        protected override Polled<int> NextItem()
        {
            polled();
            return Retry?.Invoke() is { } delay ? RetryAfter(delay) : _next == items ? Polled<int>.End : _next++;
        }

        protected override ResumeState<int> Snapshot() => _next;
    }

    private sealed class Dated(DateTimeOffset date, Action polled) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["one"];

        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            new Partition(date, polled);

        private sealed class Partition(DateTimeOffset date, Action polled) : StatefulSourcePartition<int, int>
        {
            public override DateTimeOffset? NextAwake => date;

            public override IReadOnlyList<int>? NextBatch()
            {
                polled();
                return null;
            }

            public override ResumeState<int> Snapshot() => ResumeState<int>.None;
        }
    }

    private sealed class OrphanedPartitions : FixedPartitionedSource<int, int>
    {
        public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(int workerIndex, int workerCount, CancellationToken cancellationToken) =>
            new(new TaskCompletionSource<IReadOnlyList<string>>().Task);

        public override IReadOnlyList<string> ListPartitions() => [];

        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            throw new NotSupportedException();
    }

    private sealed class Unclosed : StatelessSourcePartition<int>
    {
        public override IReadOnlyList<int>? NextBatch() => null;

        public override ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }

    private sealed class Noting(Action written) : DynamicSink<int>
    {
        public override StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) => new Partition(written);

        private sealed class Partition(Action written) : StatelessSinkPartition<int>
        {
            public override void WriteBatch(IReadOnlyList<int> items) => written();
        }
    }

    private sealed class Never : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current => 0;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => new(new TaskCompletionSource<bool>().Task);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
