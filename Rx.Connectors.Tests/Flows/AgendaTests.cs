using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

public sealed class AgendaTests
{
    [Fact]
    public void F2_times_that_were_overtaken_do_not_pile_up()
    {
        var agenda = new Agenda();
        var often = NewRunner("often");
        var seldom = NewRunner("seldom");
        seldom.Order = 1;
        agenda.Put(seldom, 5_000_000);
        agenda.Put(often, 1);
        for (var i = 0; i < 1_000_000; i++)
        {
            agenda.Put(often, 6_000_000 + i);
        }

        Assert.InRange(agenda.Entries, 2, 64);
        Assert.Equal(5_000_000, agenda.NextTime);
        Assert.Equal([seldom], agenda.TakeDue(6_500_000));
        Assert.Equal([often], agenda.TakeDue(7_000_000));
        Assert.Empty(agenda.TakeDue(long.MaxValue - 1));
    }

    private static SourceRunner NewRunner(string key)
    {
        var flow = new Dataflow("flow");
        var stream = flow.Input("in", new LoggedSource([]));
        stream.Output("out", new ListSink("one"), i => $"{i}", i => $"{i}");
        var run = new RunContext("flow", FlowSettings.Check(null), [new VirtualScheduler()], new FlowMetrics("flow"), (_, _) => { });
        run.Sinks.Add(flow.Sinks[0], flow.Sinks[0].Make(run, new Listing("out", ["one"], [0])));
        return flow.Sources[0].Make(run.Workers[0].Context, key);
    }
}
