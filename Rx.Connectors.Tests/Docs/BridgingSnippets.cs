using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/bridging.md, and that the limits it admits are the real ones.</summary>
public sealed class BridgingSnippets
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public async Task A_stream_becomes_a_partition()
    {
        var stream = Trades(250).ToAsyncEnumerable();

        // snippet: bridge-stream
        await using var partition = Bridge.From(stream).ToPartition(
            new BridgeOptions { MaxBatchSize = 100, MaxBatchDelay = TimeSpan.FromMilliseconds(500) });
        // end-snippet

        Assert.Equal(Trades(250), await partition.ReadToEndAsync());
    }

    [Fact]
    public async Task A_client_with_a_receive_becomes_a_partition_and_is_closed()
    {
        // snippet: bridge-receive
        var source = Bridge.From(
            open: cancellation => FeedClient.ConnectAsync(cancellation),
            receive: (client, _) => client.ReceiveAsync(),
            close: client => client.CloseAsync()).ToSource();
        // end-snippet

        await using var partition = source.Build("in", 0, 1);
        partition.Start(_clock);
        _clock.Start();
        await partition.DisposeAsync();
        Assert.Equal(1, FeedClient.Closed);
    }

    [Fact]
    public void An_observable_becomes_a_source()
    {
        using var socket = new Subject<Trade>();

        // snippet: bridge-observable
        var source = Bridge.From(socket).ToSource(new BridgeOptions { Capacity = 10_000, Overflow = OverflowPolicy.DropOldest });
        // end-snippet

        using var partition = source.Build("in", 0, 1);
        partition.Start(_clock);
        Trades(3).ToObservable().Subscribe(socket);
        Assert.Equal(Trades(3), partition.NextBatch());
    }

    [Fact]
    public void A_query_shapes_the_items()
    {
        using var trades = new Subject<Trade>();

        // snippet: bridge-query
        using var partition = Bridge.From(trades)
            .Query(all => all.Where(trade => trade.Amount > 0).DistinctUntilChanged(trade => trade.Price))
            .ToPartition();
        // end-snippet

        partition.Start(_clock);
        Trade[] sent = [new(1, 5m, 1), new(2, 6m, 0), new(3, 5m, 1), new(4, 6m, 1)];
        sent.ToObservable().Subscribe(trades);
        Assert.Equal([sent[0], sent[3]], partition.NextBatch());
    }

    [Fact]
    public void A_query_gathers_batches_itself()
    {
        using var trades = new Subject<Trade>();

        // snippet: bridge-query-batches
        using var partition = Bridge.From(trades)
            .QueryBatches((all, scheduler) => all.Publish(shared => shared.Buffer(shared.Where(trade => trade.Amount == 0))))
            .ToPartition();
        // end-snippet

        partition.Start(_clock);
        Trade[] sent = [new(1, 5m, 1), new(2, 6m, 0), new(3, 5m, 1)];
        sent.ToObservable().Subscribe(trades);
        Assert.Equal(sent[..2], partition.NextBatch());
        Assert.Equal(sent[2..], partition.NextBatch());
        Assert.Null(partition.NextBatch());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public async Task The_host_loop_reads_everything_and_closes(int maxDelay)
    {
        var options = new BridgeOptions { MaxBatchSize = 10, Capacity = 20, MaxBatchDelay = TimeSpan.FromMilliseconds(maxDelay) };
        var partition = Bridge.From(Slow(95)).ToPartition(options);
        var items = new List<int>();
        await PollAsync(partition, batch =>
        {
            items.AddRange(batch);
            return Task.CompletedTask;
        }).WaitAsync(Times.Patience);
        Assert.Equal(Enumerable.Range(0, 95), items);
        Assert.Throws<ObjectDisposedException>(partition.NextBatch);
    }

    [Fact]
    public async Task The_host_loop_reads_a_partition_that_can_neither_tell_a_time_nor_signal()
    {
        var items = new List<int>();
        await PollAsync(new Blind(), batch =>
        {
            items.AddRange(batch);
            return Task.CompletedTask;
        }).WaitAsync(Times.Patience);
        Assert.Equal([1, 3, 5], items);
    }

    [Fact]
    public async Task The_host_loop_throws_what_the_source_fails_with()
    {
        using var source = new Subject<int>();
        var polling = PollAsync(Bridge.From(source).ToPartition(), _ => Task.CompletedTask);
        source.OnError(new IOException("reset"));
        Assert.Equal("reset", (await Assert.ThrowsAsync<IOException>(() => polling.WaitAsync(Times.Patience))).Message);
    }

    [Fact]
    public void What_the_querys_own_operators_hold_does_not_count_until_it_leaves_them()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 1_000).Select(i => new Step(0, i)));
        using var partition = Bridge.From(client).Query(items => items.Delay(10.Ticks(), _clock))
            .ToPartition(new BridgeOptions { MaxBatchSize = 5, Capacity = 20 });
        partition.Start(_clock);
        _clock.AdvanceTo(5);
        Assert.Equal(1_000, client.Delivered);
        Assert.Equal(0, partition.Status.Queued);
        _clock.AdvanceTo(20);
        Assert.Equal(1_000, partition.Status.Queued);
    }

    [Fact]
    public void A_query_may_end_the_source()
    {
        using var partition = Bridge.From(Observable.Range(0, 10)).Query(items => items.TakeWhile(i => i < 3)).ToPartition();
        partition.Start(_clock);
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void After_an_error_the_position_is_still_there()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1).ToPartition(ResumeState<int>.None);
        partition.Start(_clock);
        source.OnNext(7);
        source.OnError(new IOException());
        Assert.Equal([7], partition.NextBatch());
        Assert.Throws<IOException>(partition.NextBatch);
        Assert.Equal(8, partition.Snapshot());
    }

    // snippet: bridge-host
    internal static async Task PollAsync<T>(
        SourcePartition<T> partition, Func<IReadOnlyList<T>, Task> write, CancellationToken cancellationToken = default)
    {
        var clock = DefaultScheduler.Instance;
        await using var closing = partition;
        using var signal = new SemaphoreSlim(0);
        partition.Start(clock);
        using var signals = partition.Available?.Subscribe(_ => signal.Release());
        var awake = partition.NextAwake ?? clock.Now;
        while (true)
        {
            var wait = awake - clock.Now;
            if (wait > TimeSpan.Zero)
            {
                // Rounded up, and cut to what a wait can take. A signal ends it early; otherwise look at the clock again.
                var time = Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue);
                if (!await signal.WaitAsync((int)time, cancellationToken))
                {
                    continue;
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (partition.NextBatch() is not { } batch)
            {
                return;
            }

            if (batch.Count > 0)
            {
                await write(batch);
            }

            awake = partition.NextAwake ?? (batch.Count > 0 ? clock.Now
                : partition.Available is null ? clock.Now.AddMilliseconds(1)
                : DateTimeOffset.MaxValue);
        }
    }
    // end-snippet

    private static async IAsyncEnumerable<int> Slow(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 10 == 3)
            {
                await Task.Delay(5);
            }

            yield return i;
        }
    }

    private static Trade[] Trades(int count) => [.. Enumerable.Range(0, count).Select(i => new Trade(i, i, 1))];

    private sealed record Trade(long Number, decimal Price, int Amount);

    /// <summary>Receives nothing, and cannot be told to stop.</summary>
    private sealed class FeedClient
    {
        private readonly TaskCompletionSource<Trade> _next = new();

        public static int Closed { get; private set; }

        public static Task<FeedClient> ConnectAsync(CancellationToken cancellation) => Task.FromResult(new FeedClient());

        public Task<Trade> ReceiveAsync() => _next.Task;

        public Task CloseAsync()
        {
            Closed++;
            _next.TrySetCanceled();
            return Task.CompletedTask;
        }
    }

    /// <summary>Has something at every second poll, and ends.</summary>
    private sealed class Blind : StatelessSourcePartition<int>
    {
        private int _polls;

        public override IReadOnlyList<int>? NextBatch() => ++_polls switch
        {
            > 6 => null,
            var poll when poll % 2 == 0 => [],
            var poll => [poll],
        };
    }
}
