#pragma warning disable IDE0011 // Ten lines at most, as one would write them for a page.
using System.Reactive.Linq;
using System.Threading.Channels;
using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/coming-from.md, and that it does what the page says.</summary>
public sealed class ComingFromSnippets
{
    private readonly List<Quote> _written = [];
    private readonly Quote[] _quotes = [.. Enumerable.Range(0, 20).Select(number => new Quote(number, 100 + (number * 7 % 10)))];

    private Quote[] High => [.. _quotes.Where(quote => quote.Price >= 107)];

    [Fact]
    public void From_System_Reactive_there()
    {
        var quotes = _quotes.ToObservable();

        // snippet: coming-rx-there
        using var subscription = quotes
            .Where(quote => quote.Price >= 107)
            .Buffer(TimeSpan.FromMilliseconds(500), 100)
            .Where(batch => batch.Count > 0)
            .Select(batch => Observable.FromAsync(cancellation => WriteAllAsync(batch, cancellation)))
            .Concat()
            .Subscribe();
        // end-snippet

        Assert.True(SpinWait.SpinUntil(() => _written.Count == High.Length, Times.Patience));
        Assert.Equal(High, _written);
    }

    [Fact]
    public async Task From_System_Reactive_here()
    {
        var quotes = _quotes.ToObservable();

        // snippet: coming-rx-here
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Bridge.From(quotes)
                .Query(all => all.Where(quote => quote.Price >= 107))
                .ToSource(new BridgeOptions { MaxBatchSize = 100, MaxBatchDelay = TimeSpan.FromMilliseconds(500) }))
            .Output("market", Bridge.ToBatches<Quote>(WriteAllAsync).ToSink());
        await flow.RunAsync();
        // end-snippet

        Assert.Equal(High, _written);
    }

    [Fact]
    public async Task From_Akka_Streams()
    {
        var quotes = _quotes.ToAsyncEnumerable();
        var flow = new Dataflow("alerts");

        // snippet: coming-akka-here
        flow.Input("quotes", Bridge.From(quotes).ToSource())
            .Where(quote => quote.Price >= 107)
            .Output("market", Bridge.To<Quote>(WriteAsync).ToSink(new WriteOptions { MaxConcurrency = 4 }));
        await flow.RunAsync();
        // end-snippet

        Assert.Equal(High, _written);
    }

    [Fact]
    public async Task From_channels_there()
    {
        var quotes = _quotes.ToAsyncEnumerable();

        // snippet: coming-channels-there
        var channel = Channel.CreateBounded<Quote>(100);
        var reading = Task.Run(async () =>
        {
            await foreach (var quote in quotes) await channel.Writer.WriteAsync(quote);
            channel.Writer.Complete();
        });
        await foreach (var quote in channel.Reader.ReadAllAsync()) await WriteAsync(quote, default);
        await reading;
        // end-snippet

        Assert.Equal(_quotes, _written);
    }

    [Fact]
    public async Task From_channels_here()
    {
        var quotes = _quotes.ToAsyncEnumerable();
        var flow = new Dataflow("alerts");

        // snippet: coming-channels-here
        flow.Input("quotes", Bridge.From(quotes).ToSource(new BridgeOptions { Capacity = 100 }))
            .Output("market", Bridge.To<Quote>(WriteAsync).ToSink());
        await flow.RunAsync();
        // end-snippet

        Assert.Equal(_quotes, _written);
    }

    [Fact]
    public void From_Bytewax()
    {
        var clock = new VirtualScheduler();
        var market = new TestingPartitionedSink<Quote>();
        var store = new InMemoryRecoveryStore();
        var source = new TestingSource<Quote>([.. _quotes.Select(quote => (TestingItem<Quote>)quote)]);

        // snippet: coming-bytewax-here
        var flow = new Dataflow("alerts");
        flow.Input("quotes", source)
            .Where(quote => quote.Price >= 107)
            .Output("market", market, key: quote => $"{quote.Price}");
        var run = flow.Start(new FlowOptions { Scheduler = clock, Recovery = new RecoveryOptions { Store = store } });
        // end-snippet

        clock.RunToEnd(run);
        Assert.Equal(High.OrderBy(quote => quote.Number), market.Items.OrderBy(quote => quote.Number));
    }

    [Fact]
    public async Task From_Kafka_Connect()
    {
        using var folder = new TempFolder();
        string[] rows = ["a", "b", "c"];
        var flow = new Dataflow("copy");
        flow.Input("rows", new TableSource(rows)).Output("file", new FileSink(folder["out.txt"]), key: _ => "");
        await flow.RunAsync();
        Assert.Equal(rows, await File.ReadAllLinesAsync(folder["out.txt"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task From_MassTransit()
    {
        var flow = new Dataflow("orders");
        var written = new List<int>();
        Task WriteAsync(Order order, CancellationToken cancellationToken)
        {
            written.Add(order.Id);
            return Task.CompletedTask;
        }

        string[][] bodies = [["""{"Id":1}""", """{"Id":2}"""], [], [], []];
        Func<int, IQueueChannel> connect = number => new FakeChannel(bodies[number]);

        // snippet: coming-masstransit-here
        flow.Input("orders", new OrderSource(connect), new RestartOptions())
            .Output("table", Bridge.To<Order>(WriteAsync).ToSink(new WriteOptions { MaxConcurrency = 16, MaxRetryAttempts = 3 }));
        await flow.RunAsync();
        // end-snippet

        Assert.Equal([1, 2], written);
    }

    private Task WriteAsync(Quote quote, CancellationToken cancellationToken)
    {
        _written.Add(quote);
        return Task.CompletedTask;
    }

    private Task WriteAllAsync(IEnumerable<Quote> quotes, CancellationToken cancellationToken)
    {
        _written.AddRange(quotes);
        return Task.CompletedTask;
    }

    private sealed class TableSource(IReadOnlyList<string> rows) : FixedPartitionedSource<string, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["rows"];

        public override StatefulSourcePartition<string, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            new TablePartition(rows, resumeState.GetValueOrDefault(0));
    }
}

// snippet: coming-connect-here
internal sealed class TablePartition(IReadOnlyList<string> table, int next) : StatefulSourcePartition<string, int>
{
    public override IReadOnlyList<string>? NextBatch()
    {
        var rows = table.Skip(next).Take(100).ToList();
        next += rows.Count;
        return rows.Count > 0 ? rows : null;
    }
    public override ResumeState<int> Snapshot() => next;
}
// end-snippet
