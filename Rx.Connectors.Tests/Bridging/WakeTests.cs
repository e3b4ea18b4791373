using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S8: a poller is told when to come, is never forgotten, and an idle partition owns no timer.</summary>
public sealed class WakeTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly Subject<int> _source = new();
    private int _signals;

    [Fact]
    public void S8_after_an_empty_poll_NextAwake_says_when_waiting_data_comes_due()
    {
        using var partition = Started(new BridgeOptions { MaxBatchSize = 3, MaxBatchDelay = TimeSpan.FromTicks(100) });
        Assert.Equal([], partition.NextBatch());
        Assert.Null(partition.NextAwake);
        _clock.AdvanceTo(130);
        _source.OnNext(1);
        Assert.Equal(1, _signals);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(200L.At(), partition.NextAwake);
        _clock.AdvanceTo(199);
        Assert.Equal([], partition.NextBatch());
        _clock.AdvanceTo(200);
        Assert.Equal([1], partition.NextBatch());
        Assert.Null(partition.NextAwake);
    }

    [Fact]
    public void S8_a_batch_that_fills_before_its_time_signals_again()
    {
        using var partition = Started(new BridgeOptions { MaxBatchSize = 3, MaxBatchDelay = TimeSpan.FromTicks(100) });
        _source.OnNext(1);
        partition.NextBatch();
        _source.OnNext(2);
        Assert.Equal(1, _signals);
        _source.OnNext(3);
        Assert.Equal(2, _signals);
        Assert.Equal([1, 2, 3], partition.NextBatch());
    }

    [Fact]
    public void S8_one_signal_is_enough_until_the_next_poll()
    {
        using var partition = Started(new BridgeOptions { MaxBatchSize = 1, MaxBatchDelay = TimeSpan.Zero });
        for (var i = 0; i < 500; i++)
        {
            _source.OnNext(i);
        }

        Assert.Equal(1, _signals);
        Assert.NotEmpty(partition.NextBatch()!);
        Assert.Equal(_clock.Now, partition.NextAwake);
    }

    [Fact]
    public void S8_what_was_signalled_before_anybody_listened_is_told_to_who_does()
    {
        using var source = new BehaviorSubject<int>(1);
        using var partition = Bridge.From(source).ToPartition(
            new BridgeOptions { MaxBatchSize = 2, MaxBatchDelay = TimeSpan.FromHours(1) });
        // The first item comes inside Start, and its signal with it; there is no other until a poll.
        using var host = new PollHost<int>(partition, _clock);
        _clock.AdvanceTo(5);
        source.OnNext(2);
        _clock.AdvanceTo(10);
        Assert.Equal([new(5, [1, 2])], host.Batches);
    }

    [Fact]
    public void S8_a_flow_is_woken_by_a_batch_that_was_begun_while_it_started()
    {
        using var source = new BehaviorSubject<int>(1);
        var written = new List<int>();
        var flow = new Dataflow("test");
        flow.Input("in", Bridge.From(source).ToSource(new BridgeOptions { MaxBatchSize = 2, Capacity = 4, MaxBatchDelay = TimeSpan.FromHours(1) }))
            .Output("out", Bridge.To<int>((i, _) =>
            {
                written.Add(i);
                return Task.CompletedTask;
            }).ToSink());
        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        for (var i = 2; i <= 10; i++)
        {
            _clock.AdvanceBy(10);
            source.OnNext(i);
        }

        _clock.AdvanceBy(10);
        Assert.False(run.Completion.IsCompleted);
        Assert.Equal(Enumerable.Range(1, 10), written);
    }

    [Fact]
    public void S8_the_end_and_an_error_signal_too()
    {
        using var partition = Started(new BridgeOptions());
        _source.OnCompleted();
        Assert.Equal(1, _signals);
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void S8_an_idle_partition_schedules_nothing()
    {
        var counting = new CountingScheduler(_clock);
        using var partition = Bridge.From(_source).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.FromTicks(10) });
        partition.Start(counting);
        partition.NextBatch();
        for (var i = 0; i < 100; i++)
        {
            _source.OnNext(i);
            _clock.AdvanceBy(10);
            partition.NextBatch();
        }

        Assert.Equal(0, counting.Scheduled);
    }

    [Fact]
    public void S8_a_host_that_comes_only_when_told_misses_nothing() => Gen.Select(
        Gen.Long[0, 500].Array[1, 100], Gen.Int[1, 40], Gen.Int[1, 8]).Sample(
        (times, delay, count) =>
        {
            var clock = new VirtualScheduler();
            var options = new BridgeOptions { MaxBatchSize = count, MaxBatchDelay = TimeSpan.FromTicks(delay) };
            using var host = new PollHost<int>(
                Bridge.From(Script.Play(clock, Script.Items(times, 600))).ToPartition(options), clock);
            clock.Start();
            Assert.Equal(times.Length, host.Items.Count());
            // Told, not by chance: once for an item that begins to wait, once for its batch, once for the end.
            Assert.InRange(host.Polls, 1, (3 * times.Length) + 3);
        },
        iter: 1_000);

    [Fact]
    public async Task S8_no_signal_is_missed_between_a_poll_and_an_item_from_another_thread()
    {
        const int Count = 20_000;
        using var source = new Subject<int>();
        await using var partition = Bridge.From(source).ToPartition(
            new BridgeOptions { MaxBatchDelay = TimeSpan.Zero, Overflow = OverflowPolicy.Block });
        using var signal = new SemaphoreSlim(0);
        using var subscription = partition.Available!.Subscribe(_ => signal.Release());
        var items = new List<int>(partition.NextBatch()!);
        var sender = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                source.OnNext(i);
            }

            source.OnCompleted();
        });
        while (true)
        {
            // Woken by nothing but the signal: a missed one would end in the timeout.
            Assert.True(await signal.WaitAsync(Times.Patience), $"asleep after {items.Count} items");
            IReadOnlyList<int>? batch;
            while ((batch = partition.NextBatch()) is { Count: > 0 })
            {
                items.AddRange(batch);
            }

            if (batch is null)
            {
                break;
            }
        }

        await sender;
        Assert.Equal(Enumerable.Range(0, Count), items);
    }

    [Fact]
    public void S9_an_observer_of_the_signal_that_throws_does_not_reach_the_client()
    {
        using var partition = Bridge.From(_source).ToPartition();
        partition.Start(_clock);
        using var subscription = partition.Available!.Subscribe(_ => throw new InvalidOperationException("the host's"));
        _source.OnNext(1);
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal("the host's", Assert.Throws<InvalidOperationException>(partition.NextBatch).Message);
    }

    private StatelessSourcePartition<int> Started(BridgeOptions options)
    {
        var partition = Bridge.From(_source).ToPartition(options);
        partition.Start(_clock);
        partition.Available!.Subscribe(_ => _signals++);
        return partition;
    }

    private sealed class CountingScheduler(IScheduler inner) : IScheduler
    {
        public int Scheduled { get; private set; }

        public DateTimeOffset Now => inner.Now;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Count();

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => Count();

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Count();

        private IDisposable Count()
        {
            Scheduled++;
            return Disposable.Empty;
        }
    }
}
