using System.Diagnostics;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>What watching costs while nothing escapes.</summary>
public sealed class ActionCostTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(EscapePolicy.Ignore)]
    [InlineData(EscapePolicy.Report)]
    [Trait("speed", "slow")]
    public void A_million_actions_run_in_far_less_than_a_minute(EscapePolicy policy)
    {
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Escapes = policy });
        var left = 1_000_000;
        clock.At(0, Next);
        var watch = Stopwatch.StartNew();
        clock.Start();
        output.WriteLine($"{policy}: {watch.Elapsed.TotalNanoseconds / 1_000_000:0} ns per action");
        Assert.Equal(1_000_000, clock.Actions);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));

        void Next()
        {
            if (--left > 0)
            {
                clock.At(clock.Clock + 1, Next);
            }
        }
    }
}
