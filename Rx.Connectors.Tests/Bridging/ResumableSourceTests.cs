using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Sources made by a bridge alone: where they resume, which partitions they have, and what a flow knows of them.</summary>
public sealed class ResumableSourceTests
{
    private const int Length = 60;

    private readonly VirtualScheduler _clock = new();
    private readonly InMemoryRecoveryStore _store = new();
    private readonly TestingPartitionedSink<int> _sink = new("out");

    private ResumableSourceBridge<int, int> Numbers => Bridge.From((ResumeState<int> resume) => Read(resume), i => i + 1);

    [Fact]
    public void S5_positions_stay_readable_when_a_query_is_added_changed_and_removed()
    {
        var some = new BridgeOptions { MaxBatchSize = 2, MaxBatchDelay = TimeSpan.Zero };
        Run(Numbers.ToSource("a", some), abortAfter: 9);
        var stored = Stored();
        Assert.Matches("^[0-9]+$", stored);
        // Until a run is cut between the parts of one input.
        for (var after = 8; after < 14 && !Stored().Contains("\"parts\"", StringComparison.Ordinal); after++)
        {
            Run(Numbers.Query(all => all.SelectMany(i => new[] { i, -i, i, -i, i })).ToSource("a", some), abortAfter: after);
        }

        Assert.Contains("\"parts\"", Stored(), StringComparison.Ordinal);
        Run(Numbers.Query(all => all.Scan(0, (count, _) => count + 1)).ToSource("a", some), abortAfter: 6);
        Assert.Contains("\"memory\"", Stored(), StringComparison.Ordinal);
        Run(Numbers.Query(all => all.Select(i => i)).ToSource("a", some), abortAfter: 6);
        Assert.Matches("^[0-9]+$", Stored());
        Run(Numbers.ToSource("a", some));
        Assert.Equal($"{Length}", Stored());
        Assert.Equal(Enumerable.Range(Length - 10, 10), _sink.Items.TakeLast(10));
    }

    [Fact]
    public void S5_K7_a_flow_over_one_expression_is_aborted_again_and_again_and_writes_everything_once()
    {
        var source = Numbers.Query(all => all.Where(i => i % 3 != 0).SelectMany(i => Enumerable.Repeat(i, i % 4)).Scan(0, (sum, i) => sum + i))
            .ToSource("a", new BridgeOptions { MaxBatchSize = 2, MaxBatchDelay = TimeSpan.Zero });
        for (var runs = 0; runs < 5; runs++)
        {
            Run(source, abortAfter: 5 + (runs * 2));
        }

        Run(source);
        var sum = 0;
        Assert.Equal(
            Enumerable.Range(0, Length).Where(i => i % 3 != 0).SelectMany(i => Enumerable.Repeat(i, i % 4)).Select(i => sum += i), _sink.Items);
    }

    [Fact]
    public void F3_a_memory_of_another_type_fails_the_source_by_name_and_loses_nothing()
    {
        Run(Numbers.Query(all => all.Scan(0, (count, _) => count + 1)).ToSource("a"));
        var text = Stored();
        var error = Fail(Bridge.From((ResumeState<int> _) => Read(0), i => i + 1)
            .Query(all => all.Scan("", (all, i) => all + i).Select(all => all.Length)).ToSource("a"));
        Assert.Equal("a", error.Partition);
        Assert.Contains($"was stored as {Length} and cannot be read as string", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(text, Stored());
    }

    [Fact]
    public void F3_a_position_of_the_form_before_this_one_is_refused_by_name()
    {
        Put("""{"Position":[5],"Inputs":0,"Parts":0}""");
        Assert.Contains("could not be read as int", Fail(Numbers.ToSource("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S11_the_client_hears_of_commits_by_its_key()
    {
        var heard = new List<string>();
        Run(Bridge.From((string key, ResumeState<int> resume) => Read(resume), i => i + 1)
            .ToSource(["a", "b"], onCommitted: (key, position) => heard.Add($"{key}{position}")));
        Assert.Equal([$"a{Length}", $"b{Length}"], heard.Order());
    }

    [Fact]
    public void Q4_partitions_come_and_go_and_come_back_where_they_were()
    {
        using var keys = new BehaviorSubject<IReadOnlyList<string>>(["a"]);
        var opened = new List<string>();
        var source = Bridge.From((string key, ResumeState<int> resume) =>
        {
            opened.Add($"{key} from {resume}");
            return Read(resume, key);
        }, i => i + 1).Query(all => all.Select(i => i)).ToSource(keys, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        _clock.At(20, () => keys.OnNext(["b"]));
        _clock.At(40, () => keys.OnNext(["b", "a"]));
        _clock.At(80, keys.OnCompleted);
        Run(source);
        Assert.Equal(3, opened.Count);
        Assert.Equal(["a from none", "b from none"], opened[..2]);
        Assert.Matches("^a from [0-9]+$", opened[2]);
        Assert.Equal(Enumerable.Range(0, Length).SelectMany(i => new[] { i, i }), _sink.Items.Order());
    }

    [Fact]
    public void Q4_a_list_that_does_not_come_ends_the_flow_after_its_time()
    {
        using var keys = new Subject<IReadOnlyList<string>>();
        var error = Fail(Bridge.From((string _, ResumeState<int> resume) => Read(resume), i => i + 1).ToSource(keys));
        Assert.Contains("ListTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_throws_or_returns_nothing_is_the_sources_error()
    {
        Assert.IsType<IOException>(Fail(Bridge.From((ResumeState<int> _) => Throws(), i => i).ToSource("a")).InnerException);
        var error = Fail(Bridge.From((ResumeState<int> _) => (IAsyncEnumerable<int>)null!, i => i).ToSource("a"));
        Assert.Contains("returned null instead of a stream", error.InnerException!.Message, StringComparison.Ordinal);

        static IAsyncEnumerable<int> Throws() => throw new IOException();
    }

    [Fact]
    public void A_feed_for_each_key_is_spread_over_the_workers_and_has_no_position()
    {
        var workers = new List<int>();
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(key => Read(0, key)).Query(all => all.Select(i => $"{i}")).ToSource(["a", "b", "c", "d"]))
            .Output("out", new PerWorker((worker, _) => workers.Add(worker)));
        var run = flow.Start(new FlowOptions { Scheduler = _clock, Workers = 2, Recovery = new RecoveryOptions { Store = _store } });
        Assert.Equal(FlowOutcome.Completed, _clock.RunToEnd(run).Outcome);
        Assert.Equal([2 * Length, 2 * Length], workers.CountBy(worker => worker).OrderBy(one => one.Key).Select(one => one.Value));
        Assert.Null(StoredOrNull());
    }

    [Fact]
    public void A_feed_without_positions_is_refused_before_a_sink_that_goes_back()
    {
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(key => Read(0, key)).ToSource(["a"])).Output("out", _sink, static item => $"{item}");
        var error = Assert.Throws<InvalidOperationException>(() => { _ = flow.Start(new FlowOptions { Recovery = new RecoveryOptions { Store = _store } }); });
        Assert.Contains("RecoveryOptions.AllowSourcesWithoutPositions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S5_Scans_beside_each_other_are_refused()
    {
        using var source = new Subject<int>();
        using var beside = Bridge.From(source, i => i + 1).Query(all => all.Publish(shared => Observable.Merge(
            shared.AsPositioned().Scan(0, (sum, i) => sum + i), shared.AsPositioned().Scan(0, (sum, i) => sum - i)))).ToPartition(default);
        beside.Start(_clock);
        source.OnNext(1);
        var error = Assert.Throws<InvalidOperationException>(() => { beside.NextBatch(); beside.NextBatch(); });
        Assert.Contains("two Scans beside each other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S5_a_snapshot_before_the_first_item_is_the_state_itself()
    {
        var state = new ResumeState<int>(5, new QueryRest(1, 2, [new LiveMemory<int>(7)]));
        using var partition = Numbers.Query(all => all.Scan(0, (sum, i) => sum + i)).ToSource("a").BuildPartition("in", "a", state);
        Assert.Equal(state, partition.Snapshot());
        Assert.Equal("5 and 2 parts of input 1 after it with the memory 7", partition.Snapshot().ToString());
    }

    private ScriptedClient<int> Read(ResumeState<int> resume, string key = "")
    {
        var from = resume.GetValueOrDefault(0);
        return new ScriptedClient<int>(_clock, Enumerable.Range(from, Length - from).Select(i => new Step(_clock.Clock + i - from, i))
            .Append(new Step(_clock.Clock + Length - from, null, Ends: true)));
    }

    private FlowRun Begin<TPosition>(FixedPartitionedSource<int, TPosition> source, int abortAfter)
    {
        FlowRun? run = null;
        var flow = new Dataflow("f");
        flow.Input("in", source)
            .Select(item =>
            {
                if (--abortAfter == 0)
                {
                    run!.Abort();
                }

                return item;
            })
            .Output("out", _sink, static _ => "");
        return run = flow.Start(new FlowOptions
        {
            Scheduler = _clock,
            MaxEpochItems = 3,
            Recovery = new RecoveryOptions { Store = _store },
        });
    }

    private void Run<TPosition>(FixedPartitionedSource<int, TPosition> source, int abortAfter = 0)
    {
        var run = Begin(source, abortAfter);
        Assert.Equal(abortAfter > 0 ? FlowOutcome.Aborted : FlowOutcome.Completed, _clock.RunToEnd(run).Outcome);
    }

    private FlowException Fail<TPosition>(FixedPartitionedSource<int, TPosition> source)
    {
        var run = Begin(source, 0);
        _clock.Start();
        return Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
    }

    private string Stored() => StoredOrNull()!;

    private string? StoredOrNull()
    {
        using var execution = new Closing(_store.OpenAsync("f", true, default).AsTask().GetAwaiter().GetResult());
        return execution.Inner.States.FirstOrDefault(state => state.Step == "in")?.State;
    }

    private void Put(string state)
    {
        using var execution = new Closing(_store.OpenAsync("f", true, default).AsTask().GetAwaiter().GetResult());
        execution.Inner.CommitAsync(new EpochCommit(1, default, [new StoredPosition(StepKind.Source, "in", "a", state)]), default).AsTask().GetAwaiter().GetResult();
    }

    private sealed class Closing(IRecoveryExecution inner) : IDisposable
    {
        public IRecoveryExecution Inner => inner;

        public void Dispose() => inner.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
