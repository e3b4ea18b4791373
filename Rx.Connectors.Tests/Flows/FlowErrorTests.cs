using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Rule F5: an error names flow, step, partition and rule, keeps the original inside, and everything else is closed.</summary>
public sealed class FlowErrorTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<string> _log = [];

    [Fact]
    public void F5_a_source_that_fails_is_named_and_the_others_are_closed()
    {
        var flow = new Dataflow("trades");
        flow.Input("feed", new LoggedSource(
                _log, ("a", () => new([1], [], [], [], [])), ("b", () => new([1, 2, 3]) { Failure = new IOException("reset") })))
            .Output("out", Ignore());
        var error = Failure(flow);
        Assert.Equal(("trades", "feed", "b", "S3"), (error.Flow, error.Step, error.Partition, error.Rule));
        Assert.Equal("Flow 'trades', step 'feed', partition 'b': the source failed after 3 items: reset (rule S3)", error.Message);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Contains("close a", _log);
        Assert.Contains("close b", _log);
    }

    [Fact]
    public void F5_a_step_that_fails_is_named_with_the_partition_whose_item_it_was()
    {
        var flow = new Dataflow("trades");
        flow.Input("feed", new LoggedSource(_log, ("a", () => new([1])), ("b", () => new([2]))))
            .Where(i => i == 2 ? throw new FormatException("bad item") : true, "check")
            .Output("out", Ignore());
        Assert.Equal("Flow 'trades', step 'check', partition 'b': the step failed: bad item", Failure(flow).Message);
    }

    [Fact]
    public void F5_a_sink_that_fails_is_named()
    {
        var flow = new Dataflow("trades");
        flow.Input("feed", new LoggedSource(_log, ("a", () => new([1, 2], [3, 4]))))
            .Output("file", Bridge.To<int>((i, _) => i == 4 ? throw new IOException("disk full") : Task.CompletedTask).ToSink());
        var error = Failure(flow);
        Assert.Equal(
            "Flow 'trades', step 'file', partition '0': the sink failed after 2 items in earlier batches: 1 of 2 items could not be written, the " +
            "first of them at index 1: disk full (1 confirmed, 0 never tried) (rule K3)",
            error.Message);
        Assert.Equal([0], Assert.IsType<SinkWriteException>(error.InnerException).Confirmed);
    }

    [Fact]
    public void F5_a_write_that_hangs_falls_under_K4()
    {
        var flow = new Dataflow("trades");
        flow.Input("feed", new LoggedSource(_log, ("a", () => new([1]))))
            .Output("file", Bridge.To<int>((_, _) => new TaskCompletionSource().Task).ToSink());
        Assert.Equal("K4", Failure(flow).Rule);
    }

    [Fact]
    public void F5_an_overflow_and_a_reordering_query_fall_under_their_rules()
    {
        var flooded = new Dataflow("flooded");
        flooded.Input("feed", Bridge.From(Observable.Range(0, 5_000)).ToSource()).Output("out", Ignore());
        var overflow = Failure(flooded);
        Assert.Equal("S6", overflow.Rule);
        Assert.DoesNotContain("(rule S6) (rule S6)", overflow.Message, StringComparison.Ordinal);

        var reordered = new Dataflow("reordered");
        reordered.Input("feed", new QueriedSource(items => items.Buffer(2).SelectMany(two => two.Reverse()))).Output("out", Ignore());
        Assert.Equal("S13", Failure(reordered).Rule);

        var declared = new Dataflow("declared");
        declared.Input("feed", new QueriedSource(items => items.DroppingGaps(all => all.Buffer(2).SelectMany(two => two.Reverse()))))
            .Output("out", Ignore());
        Assert.Equal("S12", Failure(declared).Rule);
    }

    [Fact]
    public void F5_a_source_whose_signal_cannot_be_subscribed_to_is_named()
    {
        var flow = new Dataflow("trades");
        flow.Input("feed", new LoggedSource(_log, ("a", () => new([1]) { SignalFailure = new IOException("no signal") })))
            .Output("out", Ignore());
        Assert.Equal(
            "Flow 'trades', step 'feed', partition 'a': the source failed after 0 items: no signal (rule S3)", Failure(flow).Message);
        Assert.Contains("close a", _log);
    }

    [Fact]
    public void AbortFlowException_ends_the_run_as_it_is()
    {
        var flow = new Dataflow("aborted");
        flow.Input("feed", new LoggedSource(_log, ("a", () => new([1]))))
            .Select<int>(_ => throw new AbortFlowException("enough"))
            .Output("out", Ignore());
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        Assert.Equal("enough", Assert.IsType<AbortFlowException>(run.Exception!.InnerException).Message);
        Assert.Contains("close a", _log);
    }

    [Fact]
    public void F5_one_partition_that_cannot_be_closed_does_not_keep_the_others_open()
    {
        var flow = new Dataflow("closing");
        flow.Input("feed", new LoggedSource(
                _log,
                ("a", () => new([1]) { CloseFailure = new IOException() }),
                ("b", () => new([1], [2]))))
            .Output("out", Ignore());
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        Assert.Equal(["feed/a"], run.GetAwaiter().GetResult().NotClosed);
        Assert.Contains("close b", _log);
    }

    [Theory]
    [InlineData("none", "Flow 'f', step 'feed': ListPartitions returned no partition; there must be at least one")]
    [InlineData("null", "Flow 'f', step 'feed': ListPartitions returned null")]
    [InlineData("twice", "Flow 'f', step 'feed': ListPartitions returned the key 'a' more than once; keys must be unique")]
    [InlineData("throws", "Flow 'f', step 'feed': its partitions could not be listed: no access")]
    [InlineData("null partition", "Flow 'f', step 'feed', partition 'a': the partition could not be built: null was returned instead of a partition")]
    [InlineData("null key", "Flow 'f', step 'feed': ListPartitions returned null among its keys")]
    public void P8_P10_a_source_that_answers_nonsense_is_refused_before_anything_is_polled(string what, string message)
    {
        var flow = new Dataflow("f");
        flow.Input("good", new LoggedSource(_log, ("x", () => new([1])))).Output("one", Ignore());
        flow.Input("feed", new OddSource(what)).Output("two", Ignore());
        Assert.Equal(message, Failure(flow).Message);
        Assert.DoesNotContain(_log, line => line.StartsWith("poll", StringComparison.Ordinal));
        // Nothing is built before all was listed, and what was built is closed.
        Assert.Equal(what == "null partition", _log.Contains("build x"));
        Assert.Equal(_log.Contains("build x"), _log.Contains("close x"));
    }

    [Fact]
    public void P8_sink_partitions_are_checked_the_same_way()
    {
        var flow = new Dataflow("f");
        flow.Input("feed", new LoggedSource(_log, ("x", () => new([1])))).Output("out", new ListSink("a", "a"), _ => "", i => $"{i}");
        Assert.Equal(
            "Flow 'f', step 'out': ListPartitions returned the key 'a' more than once; keys must be unique", Failure(flow).Message);
        Assert.Empty(_log);
    }

    [Fact]
    public void P8_a_flow_without_a_source_or_a_sink_or_with_a_loose_end_does_not_start()
    {
        Assert.Equal(
            "Flow 'f' has no source; it needs at least one Input.",
            Assert.Throws<InvalidOperationException>(() => new Dataflow("f").Start()).Message);
        var flow = new Dataflow("f");
        var stream = flow.Input("feed", new LoggedSource(_log, ("x", () => new([1]))));
        Assert.Equal(
            "Flow 'f' has no sink; it needs at least one Output.", Assert.Throws<InvalidOperationException>(() => flow.Start()).Message);
        stream.Output("out", Ignore());
        stream.Select(i => i, "loose");
        Assert.Equal(
            "Flow 'f', step 'loose': its items lead nowhere. Connect it to an Output, or leave it out.",
            Assert.Throws<InvalidOperationException>(() => { _ = flow.RunAsync(); }).Message);
        Assert.Empty(_log);
    }

    [Fact]
    public void P8_step_ids_are_unique_over_all_kinds_of_steps()
    {
        var flow = new Dataflow("f");
        var stream = flow.Input("same", new LoggedSource(_log, ("x", () => new([1]))));
        const string Message = "Flow 'f' has a step 'same' already. Step ids must be unique: give this step another one. (Parameter 'stepId')";
        Assert.Equal(Message, Assert.Throws<ArgumentException>(() => flow.Input("same", new LoggedSource(_log))).Message);
        Assert.Equal(Message, Assert.Throws<ArgumentException>(() => stream.Select(i => i, "same")).Message);
        Assert.Equal(Message, Assert.Throws<ArgumentException>(() => stream.Output("same", Ignore())).Message);
        Assert.Throws<ArgumentException>(() => flow.Input(" ", new LoggedSource(_log)));
    }

    [Fact]
    public void Steps_without_an_id_get_one_that_is_free()
    {
        var flow = new Dataflow("f");
        var stream = flow.Input("select-1", new LoggedSource(_log, ("x", () => new([1]))));
        Assert.Equal("select-2", stream.Select(i => i).StepId);
        Assert.Equal("select-3", stream.Select(i => i).StepId);
        Assert.Equal("where-1", stream.Where(_ => true).StepId);
    }

    [Fact]
    public void Streams_of_another_flow_are_refused()
    {
        var one = new Dataflow("one").Input("a", new LoggedSource(_log, ("x", () => new([1]))));
        var two = new Dataflow("two").Input("b", new LoggedSource(_log, ("x", () => new([1]))));
        Assert.Equal(
            "The stream of step 'b' belongs to flow 'two', not 'one'. (Parameter 'others')",
            Assert.Throws<ArgumentException>(() => one.Merge(two)).Message);
        Assert.Throws<ArgumentException>(() => one.Merge());
    }

    [Fact]
    public async Task F5_a_failure_on_the_real_clock_leaves_the_process_alive_and_the_source_closed()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var flow = new Dataflow("real");
        flow.Input("feed", Bridge.From(Failing(closed)).ToSource()).Output("out", Ignore());
        var error = await Assert.ThrowsAsync<FlowException>(() => flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("reset", error.InnerException!.Message);
        await closed.Task.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
    }

    private static async IAsyncEnumerable<int> Failing(TaskCompletionSource closed)
    {
        try
        {
            await Task.Yield();
            yield return 1;
            throw new IOException("reset");
        }
        finally
        {
            closed.SetResult();
        }
    }

    private static DynamicSink<int> Ignore() => Bridge.To<int>((_, _) => Task.CompletedTask).ToSink();

    private FlowException Failure(Dataflow flow)
    {
        var run = flow.RunAsync(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        return Assert.IsType<FlowException>(run.Exception!.InnerException);
    }

    private sealed class QueriedSource(Func<PositionedObservable<int, int>, IObservable<Positioned<int, int>>> query)
        : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["only"];

        public override StatefulSourcePartition<int, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState) =>
            Bridge.From(Enumerable.Range(0, 10).ToAsyncEnumerable(), i => i + 1).Query(query).ToPartition(resumeState);
    }

    private sealed class OddSource(string what) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => what switch
        {
            "none" => [],
            "null" => null!,
            "twice" => ["a", "b", "a"],
            "throws" => throw new UnauthorizedAccessException("no access"),
            "null key" => ["a", null!],
            _ => ["a"],
        };

        public override StatefulSourcePartition<int, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState) => null!;
    }
}
