using System.Reactive.Disposables;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/marbles.md, and its diagrams: what they show has happened.</summary>
public sealed class MarblesSnippets
{
    private const string BuffersTitle = "Bridge.From(client), MaxBatchSize = 3, MaxBatchDelay = 500 ms";
    private const string CrashTitle = "A crash while a4 and a5 are written: the next run goes on from commit 2";

    [Fact]
    public void The_diagram_of_buffers_is_what_happens()
    {
        // snippet: marbles-parse
        var script = Marbles.Parse("-a-b----(cdef)----g---|", TimeSpan.FromMilliseconds(100));
        // end-snippet

        var clock = new VirtualScheduler();
        var client = Play(clock, script);
        var written = new List<string>();

        // snippet: marbles-record
        var recording = new Recording(clock);
        var source = Bridge.From(recording.Watch(client, "client", RecordedKind.Delivered))
            .ToSource(new BridgeOptions { MaxBatchSize = 3, MaxBatchDelay = TimeSpan.FromMilliseconds(500) });
        var flow = new Dataflow("marbles");
        flow.Input("in", recording.Watch(source)).Select(item => { written.Add(item); return item; }).Output("out", new Nowhere());
        clock.RunToEnd(flow.RunAsync(new FlowOptions { Scheduler = clock }));
        // end-snippet

        Assert.Equal("abcdefg", string.Concat(written));

        // snippet: marbles-svg
        var options = new MarbleOptions { Title = BuffersTitle };
        var svg = MarbleDiagram.Of(recording, options).ToSvg();
        // end-snippet

        Pictures.Check("docs/images/buffers.svg", svg);
        var text = MarbleDiagram.Of(recording).ToText();
        Assert.True(Shown("docs/marbles.md") == text, $"docs/marbles.md shows another text than this:\n{text}");
    }

    [Fact]
    public void The_diagram_of_a_crash_is_what_happens()
    {
        var clock = new VirtualScheduler();
        var recording = new Recording(clock);
        var source = new CountedSource(("a", 8)) { MaxBatchSize = 2, Pace = (_, _) => TimeSpan.FromMilliseconds(10) };
        var sink = new KeptSink("o");
        var store = new InMemoryRecoveryStore();
        Task<FlowResult> Run()
        {
            var flow = new Dataflow("marbles");

            // snippet: marbles-flow
            flow.Input("in", recording.Watch(source.Select((_, item) => item.Replace(":", "", StringComparison.Ordinal))))
                .Output("out", recording.Watch(sink), item => item);
            return flow.RunAsync(new FlowOptions
            {
                Scheduler = clock,
                EpochInterval = TimeSpan.FromMilliseconds(15),
                Recovery = new RecoveryOptions { Store = recording.Watch(store) },
            });
            // end-snippet
        }

        sink.BeforeWrite = item => { if (item == "a5") { throw new IOException("full"); } };
        Assert.Throws<FlowException>(() => clock.RunToEnd(Run()));
        recording.Add("run", RecordedKind.Crashed);
        sink.BeforeWrite = null;
        clock.AdvanceBy(TimeSpan.TicksPerMillisecond * 100);
        clock.RunToEnd(Run());

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"a{i}"), sink.All);
        Pictures.Check("docs/images/resume.svg", MarbleDiagram.Of(recording, new MarbleOptions { Title = CrashTitle }).ToSvg());
    }

    [Fact]
    public void A_difference_is_pointed_at()
    {
        var one = new Recording(new VirtualScheduler());
        var another = new Recording(new VirtualScheduler());
        one.Add("client", RecordedKind.Delivered, "a");

        Assert.Throws<RecordingDifferenceException>(() =>
        {
            // snippet: marbles-compare
            another.ThrowIfDifferent(one);
            // end-snippet
        });
    }

    private static IObservable<T> Play<T>(VirtualScheduler clock, ClientScript<T> script) => Observable.Create<T>(observer =>
    {
        var start = clock.Clock;
        return new CompositeDisposable(script.Steps.Select(step => clock.At(start + step.At.Ticks, () =>
        {
            switch (step.Kind)
            {
                case ClientStepKind.Deliver:
                    observer.OnNext(step.Item!);
                    break;
                case ClientStepKind.Fail:
                    observer.OnError(step.Error!);
                    break;
                default:
                    observer.OnCompleted();
                    break;
            }
        })));
    });

    // The first block of the page that is a diagram.
    private static string Shown(string page) => string.Concat(
        Pages.All.Single(one => one.Name == page).Lines
            .SkipWhile(line => line != "```text").Skip(1).TakeWhile(line => line != "```").Select(line => $"{line}\n"));

    private sealed class Nowhere : Rx.Connectors.Sinks.DynamicSink<string>
    {
        public override Rx.Connectors.Sinks.StatelessSinkPartition<string> Build(string stepId, int workerIndex, int workerCount) => new Part();

        private sealed class Part : Rx.Connectors.Sinks.StatelessSinkPartition<string>
        {
            public override void WriteBatch(IReadOnlyList<string> items)
            {
            }
        }
    }
}
