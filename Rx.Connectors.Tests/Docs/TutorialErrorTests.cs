using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>
/// What somebody who follows docs/tutorial.md may do wrong, done on purpose. Each message names the thing, says what is allowed,
/// and tells the way out.
/// </summary>
public sealed class TutorialErrorTests : IDisposable
{
    private readonly VirtualScheduler _clock = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_sink_was_forgotten()
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Quotes());
        Says(
            ["Flow 'alerts' has no sink; it needs at least one Output."],
            () => _ = flow.Start());
    }

    [Fact]
    public void A_step_leads_nowhere()
    {
        var flow = new Dataflow("alerts");
        var quotes = flow.Input("quotes", Quotes());
        quotes.Output("market", new TestingSink<Quote>());
        quotes.Where(quote => quote.Price > 107);
        Says(
            ["Flow 'alerts', step 'where-1': its items lead nowhere. Connect it to an Output, or leave it out."],
            () => _ = flow.Start());
    }

    [Fact]
    public void A_step_id_is_taken()
    {
        var flow = new Dataflow("alerts");
        Says(
            ["Flow 'alerts' has a step 'market' already. Step ids must be unique: give this step another one."],
            () => flow.Input("market", Quotes()).Output("market", new TestingSink<Quote>()));
    }

    [Fact]
    public void A_batch_is_to_have_no_items() => Says(
        ["BridgeOptions.MaxBatchSize must be at least 1.", "Actual value was 0."],
        () => Quotes(new BridgeOptions { MaxBatchSize = 0 }));

    [Fact]
    public void There_is_less_room_than_a_batch_takes() => Says(
        ["BridgeOptions.Capacity must be at least MaxBatchSize, which is 100.", "Actual value was 10."],
        () => Quotes(new BridgeOptions { MaxBatchSize = 100, Capacity = 10 }));

    [Fact]
    public void A_write_is_to_take_no_time() => Says(
        ["WriteOptions.Timeout must be more than zero, or Timeout.InfiniteTimeSpan."],
        () => Bridge.To<string>((_, _) => Task.CompletedTask).ToSink(new WriteOptions { Timeout = TimeSpan.Zero }));

    [Fact]
    public void The_address_is_wrong() => Says(
        [
            "Flow 'alerts', step 'quotes', partition 'all': the source failed after 0 items: ",
            "No market answers at 'http://demo'. The address of a market begins with market://.",
        ],
        () => Run(Alerts.Flow("http://demo", _clock.TimeProvider, new TestingSink<string>())));

    [Fact]
    public void The_store_is_a_directory() => Says(
        [$"Recovery store '{_folder.Path}' is a directory. Name a file in it."],
        () => Run(Flow(), Store(_folder.Path)));

    [Fact]
    public void The_directory_of_the_store_does_not_exist() => Says(
        [$"the directory '{_folder["no"]}' does not exist. Create it;"],
        () => Run(Flow(), Store(_folder["no/alerts.db"])));

    [Fact]
    public void The_store_is_another_file()
    {
        _folder.Write("notes.txt", "This is not a database, and it is long enough to be looked at as one. ......................");
        Says(
            ["The file is no SQLite database. It was left as it is. Name another file,"],
            () => Run(Flow(), Store(_folder["notes.txt"])));
    }

    [Fact]
    public void The_flow_runs_twice()
    {
        var store = new SqliteRecoveryStore(_folder["alerts.db"]);
        var first = Flow().Start(Options(store));
        _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Says(
            [$"Execution 1 of flow 'alerts' is alive: process {Environment.ProcessId} ", "Stop it first, or take over,"],
            () => _clock.RunToEnd(Flow().Start(Options(store))));
        first.Stop();
        _clock.RunToEnd(first);
    }

    [Fact]
    public void The_positions_are_of_another_type_than_before()
    {
        var store = new InMemoryRecoveryStore();
        Stop(Flow(), store);
        Says(
            ["Flow 'alerts', step 'quotes', partition 'all': its stored position ", "give the step another id to read from the beginning"],
            () => Run(Flow(Queried(quote => $"{quote.Number}", all => all.Select(quote => $"{quote.Price}"))), store));
    }

    [Fact]
    public void A_query_drops_items_without_a_word() => Says(
        ["The query let out the item at position 4 before an input that came in first", "with the source's own Where, OfType,"],
        () => Run(Flow(Queried(
            quote => quote.Number + 1,
            all => all.Select(quote => $"{quote.Price}").Do(_ => { }).Where(price => price.Value != "107")))));

    [Fact]
    public void A_query_reorders() => Says(
        ["The query let out the item at position 4 before an input that came in first", "SelectAsync keeps the order"],
        () => Run(Flow(Queried(
            quote => quote.Number + 1,
            all => all.Select(quote => $"{quote.Price}").ToList().SelectMany(list => list.OrderBy(price => price.Value))))));

    [Fact]
    public void A_query_reads_its_source_twice()
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Bridge.From(Few()).Query(all => all.Merge(all)).ToSource()).Output("market", new TestingSink<Quote>());
        Says(
            ["The query subscribed to its source twice, and the client can be read only once. Use Publish(source => ..)"],
            () => Run(flow));
    }

    [Fact]
    public void A_source_without_positions_writes_to_a_file_with_positions()
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Quotes()).Select(quote => $"{quote.Price}").Output("file", new FileSink(_folder["out.txt"]), _ => "");
        Says(
            ["source 'quotes' has no positions, and sink 'file' goes back", "Give the source positions"],
            () => _ = flow.Start(Options(new InMemoryRecoveryStore())));
    }

    [Fact]
    public void The_file_exists_already()
    {
        _folder.Write("out.txt", "somebody else's\n");
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Queried(quote => quote.Number + 1, all => all.Select(quote => $"{quote.Price}"))).Output("file", new FileSink(_folder["out.txt"]), _ => "");
        Says(
            [$"{_folder["out.txt"]} exists, and no position is stored for it. Choose another file, or set FileSinkOptions.Overwrite"],
            () => Run(flow));
    }

    [Fact]
    public void A_test_gives_the_flow_a_scheduler_that_cannot_run_it() => Says(
        ["FlowOptions.Scheduler must not be a scheduler that holds whoever schedules, as CurrentThreadScheduler does", "in a test, a virtual-time scheduler."],
        () => _ = Flow().Start(new FlowOptions { Scheduler = CurrentThreadScheduler.Instance }));

    [Fact]
    public void A_test_forgets_to_give_the_client_the_clock()
    {
        var error = Record.Exception(() => Run(Alerts.Flow("market://test", TimeProvider.System, new TestingSink<string>())));

        // Which of the two comes depends on whether the client's real delay ends while the clock runs.
        Assert.Matches(@"its clients \(clock\.TimeProvider\)|Work has left the virtual clock", error?.Message);
    }

    [Fact]
    public async Task A_test_forgets_to_give_the_flow_the_clock()
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Bridge.From(Observable.Never<Quote>()).ToSource()).Output("market", new TestingSink<Quote>());
        var run = flow.Start();
        Says(
            ["the flow waits at 0", "the flow must run on this clock (FlowOptions.Scheduler)"],
            () => _clock.RunToEnd(run));
        run.Stop();
        await run.Completion;
    }

    [Fact]
    public async Task A_write_blocks_its_thread_and_is_named()
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", Bridge.From(Few()).ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }))
            .Output("market", Bridge.To<Quote>((_, _) =>
            {
                // What it waits for can only go on on the thread that waits here.
                YieldAsync().Wait(Times.Patience);
                return Task.CompletedTask;
            }).ToSink());
        var run = flow.Start(new FlowOptions { CloseTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.True(SpinWait.SpinUntil(() => run.GetProgress().Sinks.Any(sink => sink.Writing > 0), Times.Patience));
        run.Abort();
        var result = await run.Completion;
        Assert.Contains("market/0 (writing)", result.NotClosedDetails);

        static async Task YieldAsync() => await Task.Yield();
    }

    private static void Says(string[] parts, Action mistake)
    {
        var error = Record.Exception(mistake);
        Assert.NotNull(error);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private static DynamicSource<Quote> Quotes(BridgeOptions? options = null) => Bridge.From(Few()).ToSource(options);

    private static async IAsyncEnumerable<Quote> Few()
    {
        await Task.CompletedTask;
        foreach (var price in new[] { 107, 103, 108 })
        {
            yield return new Quote(price - 100, price);
        }
    }

    private Dataflow Flow() => Alerts.Flow("market://test", _clock.TimeProvider, new TestingSink<string>());

    private static Dataflow Flow<TPosition>(FixedPartitionedSource<string, TPosition> source)
    {
        var flow = new Dataflow("alerts");
        flow.Input("quotes", source).Output("market", new TestingSink<string>());
        return flow;
    }

    private static FixedPartitionedSource<string, TPosition> Queried<TPosition>(
        Func<Quote, TPosition> position, Func<PositionedObservable<Quote, TPosition>, IObservable<Positioned<string, TPosition>>> query) =>
        Bridge.From((ResumeState<TPosition> _) => Few(), position).Query(query).ToSource("all");

    private FlowOptions Options(IRecoveryStore? store) => new()
    {
        Scheduler = _clock,
        Recovery = store is null ? null : new RecoveryOptions { Store = store },
    };

    private static SqliteRecoveryStore Store(string path) => new(path);

    private void Run(Dataflow flow, IRecoveryStore? store = null) =>
        _clock.RunToEnd(flow.Start(Options(store)), TimeSpan.FromMinutes(1));

    private void Stop(Dataflow flow, IRecoveryStore store)
    {
        var run = flow.Start(Options(store));
        _clock.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);
        run.Stop();
        _clock.RunToEnd(run);
    }
}
