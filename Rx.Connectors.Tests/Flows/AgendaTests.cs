using Rx.Connectors.Flows;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

public sealed class AgendaTests
{
    [Fact]
    public void F2_times_that_were_overtaken_do_not_pile_up()
    {
        var agenda = new Agenda();
        var often = new SourceRunner<int>(null!, "step", "often", null!, null!);
        var seldom = new SourceRunner<int>(null!, "step", "seldom", null!, null!) { Order = 1 };
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
}
