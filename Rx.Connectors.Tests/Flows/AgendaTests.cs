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
        var scheduler = new VirtualScheduler();
        var run = new RunTerms("flow", new FlowOptions(), new FlowMetrics("flow"), scheduler);
        var control = new RunControl(scheduler, static (_, _) => { });
        var (store, team) = (new RunStore(), new WorkerTeam());
        var epochs = new RunEpochs(run, control, store, new StopGuard(run, control, static () => [], static () => null), team);
        var worker = new Worker(run, control, epochs, new OpenSources(1, static () => { }), 0, scheduler);
        return new StatefulSourceRunner<int, int>(
            worker.Context, "in", key, new Ignore(), new LoggedSource([]), null, store, new DepartedPositions());
    }

    private sealed class Ignore : IReceiver<int>
    {
        public void Receive(int item)
        {
        }
    }
}
