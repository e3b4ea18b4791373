using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

public sealed class SimulationSnippets
{
    [Fact]
    [Trait("speed", "slow")]
    public void Simulating_many_seeds()
    {
        // snippet: simulation-run
        var report = Simulation.RunMany(seeds: 100);

        Assert.Empty(report.Failed);
        // end-snippet
        // snippet: simulation-shrink
        foreach (var failed in report.Failed)
        {
            var smallest = Simulation.Shrink(failed.Case);      // as "4711:items=3,crashes=1"
            Console.WriteLine($"{smallest}: {string.Join(' ', Simulation.Run(smallest).Faults)}");
            Console.WriteLine(Simulation.Record(smallest));     // what clients delivered, commits, acks, writes, crashes
        }
        // end-snippet
    }
}
