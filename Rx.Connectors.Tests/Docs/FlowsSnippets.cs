using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/flows.md, and that the page says what the code does.</summary>
public sealed class FlowsSnippets
{
    [Fact]
    public async Task A_flow_is_composed_and_run()
    {
        var (trades, quotes) = (Source("1 T", "2 T"), Source("3 Q", "bad"));
        var (written, rejected) = (new List<string>(), new List<string>());
        var (archive, errors) = (Sink(written), Sink(rejected));
        var cancellationToken = TestContext.Current.CancellationToken;

        // snippet: flow-compose
        var flow = new Dataflow("market");
        var lines = flow.Input("trades", trades).Merge(flow.Input("quotes", quotes));
        lines.Where(line => line.Contains(' ')).Select(line => line.ToUpperInvariant(), "upper").Output("archive", archive);
        lines.Where(line => !line.Contains(' ')).Output("errors", errors);
        // end-snippet

        // snippet: flow-run
        FlowResult result = await flow.RunAsync(new FlowOptions { CloseTimeout = TimeSpan.FromSeconds(30) }, cancellationToken);
        Console.Error.WriteLine($"{result.Outcome}: {result.ItemsRead} read, {result.ItemsWritten} written");
        // end-snippet

        Assert.Equal((FlowOutcome.Completed, 4L, 4L), (result.Outcome, result.ItemsRead, result.ItemsWritten));
        Assert.Equal(["1 T", "2 T", "3 Q"], written.Order());
        Assert.Equal(["bad"], rejected);
    }

    [Fact]
    public async Task A_run_is_watched_and_stopped()
    {
        var flow = new Dataflow("endless");
        var written = new List<string>();
        flow.Input("in", Bridge.From(Observable.Never<string>()).ToSource()).Output("out", Sink(written));
        var seen = new List<FlowProgress>();
        var show = seen.Add;

        // snippet: flow-start
        var run = flow.Start(new FlowOptions { ProgressInterval = TimeSpan.FromMilliseconds(200) });
        using var watching = run.Progress.Subscribe(show);
        run.Stop();
        var result = await run.Completion;
        // end-snippet

        Assert.Equal(FlowOutcome.Stopped, result.Outcome);
        await RealPolls.Until(() => seen.Count > 0);
        Assert.Equal(0, seen[^1].ItemsRead);
    }

    [Fact]
    public async Task A_program_that_signals_stop_is_compiled_and_runs_to_its_end()
    {
        var flow = new Dataflow("market");
        flow.Input("trades", Source("1")).Output("out", Bridge.To<string>((_, _) => Task.CompletedTask).ToSink());
        var recovery = new RecoveryOptions { Store = new InMemoryRecoveryStore() };

        // snippet: flow-signals
        var run = flow.Start(new FlowOptions { Recovery = recovery });
        using var signals = run.StopOnSignals();
        var result = await run.Completion;
        // end-snippet

        Assert.Equal(1, result.ItemsWritten);
    }

    [Fact]
    public async Task Orders_are_split_and_appraised_over_the_workers()
    {
        var flow = new Dataflow("orders");
        var orders = flow.Input("orders", new TestingSource<Order>(new Order("a", 5), new Order("b", 500), new Order("c", 900)));
        var (cheapOnes, dearOnes) = (new TestingSink<Order>(), new TestingSink<Order>());
        var appraised = new ConcurrentBag<Order>();

        // snippet: flow-steps
        var (cheap, dear) = orders.Branch(order => order.Price < 100);
        cheap.Output("cheap", cheapOnes);
        dear.Redistribute()
            .SelectAsync((order, stop) => AppraiseAsync(order, stop), maxConcurrency: 8)
            .Do(order => appraised.Add(order))
            .Output("dear", dearOnes);
        // end-snippet

        await flow.RunAsync(new FlowOptions { Workers = 2 });
        Assert.Equal(["a"], cheapOnes.Items.Select(order => order.Name));
        Assert.Equal(["b", "c"], dearOnes.Items.Select(order => order.Name).Order());
        Assert.Equal(2, appraised.Count);

        static async Task<Order> AppraiseAsync(Order order, CancellationToken stop)
        {
            stop.ThrowIfCancellationRequested();
            await Task.Yield();
            return order with { Price = order.Price + 1 };
        }
    }

    [Fact]
    public async Task A_line_knows_its_file()
    {
        using var temp = new TempFolder();
        temp.Write("a.txt", "1\n2\n");
        temp.Write("b.txt", "3\n");
        var (flow, folder, written) = (new Dataflow("lines"), temp.Path, new List<string>());
        var sink = Sink(written);

        // snippet: flow-select-partition
        var lines = new DirSource(folder).Select((file, line) => $"{FileKeys.GetName(file)}: {line}");
        flow.Input("lines", lines).Output("out", sink);
        // end-snippet

        await flow.RunAsync();
        Assert.Equal(["a.txt: 1", "a.txt: 2", "b.txt: 3"], written.Order());
    }

    [Fact]
    public async Task An_error_says_where()
    {
        var flow = new Dataflow("market");
        flow.Input("trades", Source("1", "x")).Select(int.Parse, "parse").Output("out", Bridge.To<int>((_, _) => Task.CompletedTask).ToSink());
        var log = new StringWriter();

        // snippet: flow-errors
        try
        {
            await flow.RunAsync();
        }
        catch (FlowException error)
        {
            log.WriteLine($"{error.Flow}/{error.Step}/{error.Partition} ({error.Rule ?? "-"}): {error.InnerException?.Message}");
        }
        // end-snippet

        Assert.StartsWith("market/parse/0 (-): The input string 'x'", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Abort_is_thrown_as_it_is()
    {
        var flow = new Dataflow("market");
        flow.Input("trades", Source("1")).Select<string>(_ => throw new AbortFlowException("enough")).Output("out", Sink([]));
        Assert.Equal("enough", (await Assert.ThrowsAsync<AbortFlowException>(() => flow.RunAsync())).Message);
    }

    [Fact]
    public async Task Cancellation_ends_a_run_normally()
    {
        using var stop = new CancellationTokenSource();
        var flow = new Dataflow("endless");
        flow.Input("in", Bridge.From(Observable.Never<string>()).ToSource()).Output("out", Sink([]));
        var running = flow.RunAsync(cancellationToken: stop.Token);
        await stop.CancelAsync();
        Assert.Equal(FlowOutcome.Stopped, (await running).Outcome);
    }

    [Fact]
    public async Task A_source_of_ones_own_is_read()
    {
        var flow = new Dataflow("own");
        var written = new List<int>();
        flow.Input("counts", new CountSource(upTo: 7)).Output("out", Bridge.To<int>((i, _) =>
        {
            written.Add(i);
            return Task.CompletedTask;
        }).ToSink());
        await flow.RunAsync();
        Assert.Equal(Enumerable.Range(0, 7), written);
    }

    // snippet: flow-test
    [Fact]
    public void A_flow_that_takes_an_hour_is_tested_at_once()
    {
        var clock = new VirtualScheduler();
        var written = new List<string>();
        var ticks = Observable.Interval(TimeSpan.FromMinutes(1), clock).Take(60);

        var flow = new Dataflow("ticks");
        flow.Input("ticks", Bridge.From(ticks).ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }))
            .Output("log", Bridge.To<long>(async (tick, _) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock.TimeProvider, CancellationToken.None);
                written.Add($"{tick} at {clock.Now:HH:mm:ss}");
            }).ToSink());

        var result = clock.RunToEnd(flow.RunAsync(new FlowOptions { Scheduler = clock }));

        Assert.Equal(60, result.ItemsWritten);
        Assert.Equal("59 at 01:00:01", written[^1]);
    }
    // end-snippet

    [Fact]
    public void The_table_of_metrics_is_what_a_run_measures()
    {
        var real = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Meter.Name == "Rx.Connectors")
            {
                to.EnableMeasurementEvents(instrument);
                lock (real)
                {
                    real.Add($"| `{instrument.Name}` | {Kind(instrument)} | {instrument.Unit} |");
                }
            }
        };
        var tags = new HashSet<string>();
        listener.SetMeasurementEventCallback<long>((_, _, with, _) => Add(with));
        listener.SetMeasurementEventCallback<int>((_, _, with, _) => Add(with));
        listener.SetMeasurementEventCallback<double>((_, _, with, _) => Add(with));
        listener.Start();
        var scheduler = new VirtualScheduler();
        var flow = new Dataflow("measured");
        flow.Input("in", Source("1")).Output("out", Sink([]));
        var run = flow.RunAsync(new FlowOptions { Scheduler = scheduler });
        scheduler.Start();
        Assert.True(run.IsCompletedSuccessfully);

        var stated = Pages.All.Single(page => page.Name == "docs/flows.md").Lines
            .Where(line => line.StartsWith("| `rx_connectors.", StringComparison.Ordinal))
            .Select(line => string.Join('|', line.Split('|')[..4]) + "|");
        lock (real)
        {
            Assert.Equal(real, stated.Order(StringComparer.Ordinal));
        }

        Assert.Equal(["flow", "partition", "step"], tags.Order());

        void Add(ReadOnlySpan<KeyValuePair<string, object?>> with)
        {
            lock (tags)
            {
                foreach (var (name, _) in with)
                {
                    tags.Add(name);
                }
            }
        }

        static string Kind(Instrument instrument) => instrument.GetType().Name switch
        {
            var name when name.StartsWith("Counter", StringComparison.Ordinal) => "counter",
            var name when name.StartsWith("Histogram", StringComparison.Ordinal) => "histogram",
            var name when name.StartsWith("ObservableGauge", StringComparison.Ordinal) => "gauge",
            var name when name.StartsWith("ObservableCounter", StringComparison.Ordinal) => "counter",
            var name => name,
        };
    }

    private static DynamicSource<string> Source(params string[] lines) => Bridge.From(lines.ToAsyncEnumerable()).ToSource();

    private static DynamicSink<string> Sink(List<string> written) => Bridge.To<string>((line, _) =>
    {
        written.Add(line);
        return Task.CompletedTask;
    }).ToSink();

    // snippet: flow-source
    internal sealed class CountSource(int upTo) : DynamicSource<int>
    {
        // One worker reads; the others would read the same again.
        public override StatelessSourcePartition<int> Build(string stepId, int workerIndex, int workerCount) =>
            new Partition(workerIndex == 0 ? upTo : 0);

        private sealed class Partition(int upTo) : StatelessSourcePartition<int>
        {
            private int _next;

            public override IReadOnlyList<int>? NextBatch() => _next < upTo ? [_next++] : null;
        }
    }
    // end-snippet

    private sealed record Order(string Name, decimal Price);
}
