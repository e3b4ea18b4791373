using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A restart cuts what a sink with positions has written since the last commit: a source that cannot be read again would lose it.</summary>
public sealed class WithoutPositionsTests
{
    private readonly VirtualScheduler _clock = new();

    [Theory]
    [InlineData("direct")]
    [InlineData("steps")]
    [InlineData("merged")]
    [InlineData("second output")]
    public void A_source_without_positions_that_leads_to_a_sink_with_positions_is_refused(string way)
    {
        var error = Assert.Throws<InvalidOperationException>(() => { _ = Flow(way).Start(Options(allow: false)); });
        Assert.Contains("source 'feed'", error.Message, StringComparison.Ordinal);
        Assert.Contains("sink 'files'", error.Message, StringComparison.Ordinal);
        Assert.Contains("RecoveryOptions.AllowSourcesWithoutPositions", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("direct", true, true)]
    [InlineData("direct", false, false)]
    [InlineData("apart", false, true)]
    public void It_runs_where_it_is_asked_for_or_without_a_store_or_where_they_do_not_meet(string way, bool allow, bool store)
    {
        var run = Flow(way).Start(store ? Options(allow) : new FlowOptions { Scheduler = _clock });
        Assert.Equal(FlowOutcome.Completed, _clock.RunToEnd(run).Outcome);
    }

    private static Dataflow Flow(string way)
    {
        var flow = new Dataflow("f");
        var feed = flow.Input("feed", Bridge.From(Observable.Return(1)).ToSource());
        var files = new ListSink("p");
        var rest = Bridge.To<int>((_, _) => Task.CompletedTask).ToSink();
        _ = way switch
        {
            "direct" => feed.Output("files", files, item => $"{item}", item => $"{item}"),
            "steps" => feed.Where(_ => true).SelectMany(item => new[] { item }).StopWhen(_ => false).Select(item => item)
                .Output("files", files, item => $"{item}", item => $"{item}"),
            "merged" => flow.Input("resumes", Numbers()).Merge(feed).Output("files", files, item => $"{item}", item => $"{item}"),
            "second output" => feed.Output("rest", rest).Output("files", files, item => $"{item}", item => $"{item}"),
            _ => Apart(),
        };
        return flow;

        FlowStream<int> Apart()
        {
            flow.Input("resumes", Numbers()).Output("files", files, item => $"{item}", item => $"{item}");
            return feed.Output("rest", rest);
        }
    }

    private static TestingSource<int> Numbers() => new([1, 2, 3]);

    private FlowOptions Options(bool allow) => new()
    {
        Scheduler = _clock,
        Recovery = new RecoveryOptions { Store = new InMemoryRecoveryStore(), AllowSourcesWithoutPositions = allow },
    };
}
