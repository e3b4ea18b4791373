using System.Reactive;
using System.Reactive.Subjects;
using Rx.Connectors.Flows;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Rule F3 where one worker is ahead of another in closing an epoch.</summary>
public sealed class CaptureOrderTests
{
    [Fact]
    public void F3_what_a_worker_sends_after_its_capture_is_not_written_before_the_other_has_captured()
    {
        // Worker 0 reads a, worker 1 writes it. The epoch is closed while a batch is on its way, and worker 1 is kept, just after
        // it has written that batch, by building a partition that comes. Meanwhile worker 0 captures and sends the next one.
        using var changes = new Subject<Unit>();
        var listed = new TaskCompletionSource<IReadOnlyList<string>>();
        var rig = new Rig(("a", 90), ("b", 0), ("x", 0)) { Workers = 2, Endless = { "b", "x" } };
        var isListedAgain = false;
        rig.Source.Changes = changes;
        rig.Source.List = (worker, _, _) => worker == 0 ? new(["a"]) : isListedAgain ? new(listed.Task) : new(["b"]);
        rig.Store!.ChecksCut = true;
        var steps = new List<string>();
        rig.On = line =>
        {
            switch (line)
            {
                case "poll a 30":
                    isListedAgain = true;
                    changes.OnNext(Unit.Default);
                    _ = rig.Last!.CloseEpochAsync();
                    var isDrained = false;
                    rig.Clock.At(rig.Clock.Clock, () => isDrained = true);
                    rig.Clock.RunUntil(() => isDrained, null, "worker 1 to drain");
                    steps.Add("drained");
                    break;
                case "write out1 a:32":
                    listed.SetResult(["b", "x"]);
                    steps.Add("listed");
                    break;
                case "build x none":
                    rig.Clock.RunUntil(() => rig.LogOf("poll a 33").Count > 0, null, "worker 0 to be ahead");
                    steps.Add("ahead");
                    break;
            }
        };
        var flow = new Dataflow("rig");
        flow.Input("in", rig.Source).Output("out", rig.Sink, _ => "");
        var run = rig.Start(flow);
        rig.Clock.AdvanceTo(100_000);
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully, run.Completion.Exception?.ToString());
        Assert.Equal(["drained", "listed", "ahead"], steps);
        Assert.Null(rig.Store.Fault);
        rig.AssertExact();
    }
}
