#pragma warning disable CA1822 // The members of a client, which its users call on an instance.
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/bridging.md and docs/sinks.md about clients of which there are several, or that are opened.</summary>
public sealed class ClientSnippets
{
    private readonly VirtualScheduler _clock = new();

    private interface IFeed
    {
        IAsyncEnumerable<Trade> Subscribe(string symbol);
    }

    [Fact]
    public void A_query_is_given_the_clock()
    {
        using var trades = new Subject<Trade>();

        // snippet: bridge-query-clock
        using var partition = Bridge.From(trades)
            .Query((all, scheduler) => all.Throttle(TimeSpan.FromSeconds(1), scheduler))
            .ToPartition();
        // end-snippet

        partition.Start(_clock);
        trades.OnNext(new Trade(1));
        trades.OnNext(new Trade(2));
        _clock.AdvanceTo(20_000_000);
        Assert.Equal([new Trade(2)], partition.NextBatch());
    }

    [Fact]
    public void A_feed_for_each_key_is_a_partition()
    {
        IFeed feed = new Feed();
        string[] symbols = ["EURUSD", "GBPUSD"];

        // snippet: bridge-keys
        var source = Bridge.From(symbol => feed.Subscribe(symbol))
            .Query(trades => trades.Where(trade => trade.Amount > 0))
            .ToSource(symbols);
        // end-snippet

        Assert.Equal(symbols, source.ListPartitions());
        using var partition = source.BuildPartition("in", "GBPUSD", default);
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([new Trade(6)], partition.NextBatch());
        Assert.False(partition.Snapshot().HasValue);
    }

    [Fact]
    public async Task A_client_is_opened_where_it_goes_on()
    {
        // snippet: bridge-receive-resume
        var source = Bridge.From(
            open: (ResumeState<long> resume, CancellationToken cancellation) => FeedClient.ConnectAsync(resume.GetValueOrDefault(0), cancellation),
            receive: (client, _) => client.ReceiveAsync(),
            position: trade => trade.Number + 1,
            close: client => client.CloseAsync()).ToSource("trades");
        // end-snippet

        await using var partition = source.BuildPartition("in", "trades", 7);
        partition.Start(_clock);
        _clock.AdvanceTo(10_000_000);
        Assert.Equal([new Trade(7)], partition.NextBatch());
        Assert.Equal(8, partition.Snapshot());
    }

    [Fact]
    public void Streams_are_composed_before_the_bridge()
    {
        var fails = 2;
        Task<FeedClient> OpenFirst(CancellationToken cancellation) => fails-- > 0
            ? Task.FromException<FeedClient>(new IOException()) : FeedClient.ConnectAsync(1, cancellation);
        Task<FeedClient> OpenSecond(CancellationToken cancellation) => FeedClient.ConnectAsync(2, cancellation);
        Task<Trade> Receive(FeedClient client, CancellationToken cancellation) => client.ReceiveAsync();

        // snippet: bridge-compose
        var stream = AsyncEnumerableEx.Merge(
            AsyncEnumerableEx.Defer(() => Bridge.Receive(OpenFirst, Receive)).Retry(3),
            Bridge.Receive(OpenSecond, Receive));
        // end-snippet

        using var partition = Bridge.From(stream).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        _clock.AdvanceTo(10_000_000);
        Assert.Equal([new Trade(1), new Trade(2)], partition.NextBatch()!.OrderBy(trade => trade.Number));
    }

    [Fact]
    public void Calls_keep_their_order_without_positions_too()
    {
        using var trades = new Subject<Trade>();
        var calls = new Dictionary<long, TaskCompletionSource<string>>();
        Task<string> Enrich(Trade trade, CancellationToken cancellation) => (calls[trade.Number] = new()).Task;

        // snippet: bridge-select-async
        using var partition = Bridge.From(trades)
            .Query(all => all.SelectAsync((trade, cancellation) => Enrich(trade, cancellation), maxConcurrency: 8))
            .ToPartition();
        // end-snippet

        partition.Start(_clock);
        trades.OnNext(new Trade(1));
        trades.OnNext(new Trade(2));
        calls[2].SetResult("two");
        calls[1].SetResult("one");
        _clock.AdvanceTo(10_000_000);
        Assert.Equal(["one", "two"], partition.NextBatch());
    }

    [Fact]
    public void A_client_is_opened_written_to_and_closed()
    {
        FeedClient.Sent.Clear();

        // snippet: sink-client
        var sink = Bridge.To(
            open: cancellation => FeedClient.ConnectAsync(cancellation),
            write: (FeedClient client, Order order, CancellationToken _) => client.SendAsync(order),
            close: client => client.CloseAsync()).ToSink();
        // end-snippet

        using var partition = sink.Build("out", 0, 1);
        partition.Start(_clock);
        partition.WriteBatch([new Order(1), new Order(2)]);
        partition.Dispose();
        Assert.Equal(["1", "2", "closed"], FeedClient.Sent);
    }

    internal sealed record Trade(long Number, decimal Amount = 1);

    internal sealed record Order(long Number);

    private sealed class Feed : IFeed
    {
        public IAsyncEnumerable<Trade> Subscribe(string symbol) =>
            new[] { new Trade(symbol.Length), new Trade(1, 0) }.ToAsyncEnumerable();
    }

    /// <summary>Has one trade, and takes no token.</summary>
    private sealed class FeedClient(long from)
    {
        private bool _isRead;

        public static List<string> Sent { get; } = [];

        public static Task<FeedClient> ConnectAsync(CancellationToken cancellation) => ConnectAsync(0, cancellation);

        public static Task<FeedClient> ConnectAsync(long from, CancellationToken cancellation) => Task.FromResult(new FeedClient(from));

        public Task<Trade> ReceiveAsync()
        {
            var isFirst = !_isRead;
            _isRead = true;
            return isFirst ? Task.FromResult(new Trade(from)) : new TaskCompletionSource<Trade>().Task;
        }

        public Task SendAsync(Order order)
        {
            Sent.Add($"{order.Number}");
            return Task.CompletedTask;
        }

        public Task CloseAsync()
        {
            Sent.Add("closed");
            return Task.CompletedTask;
        }
    }
}
