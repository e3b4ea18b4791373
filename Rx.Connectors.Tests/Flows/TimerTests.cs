using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

public sealed class TimerTests
{
    /// <summary>
    /// Rx keeps what an <c>EventLoopScheduler</c> is given for a time 10 s ahead or more in a list of its own. When the scheduler is
    /// disposed by then, as a worker's is with the end of the run, an exception on a timer's thread ends the process.
    /// </summary>
    [Fact]
    public void No_timer_outlives_the_workers_thread()
    {
        var clock = new VirtualScheduler();
        var timers = new RelativeTimers(clock);
        var flow = new Dataflow("timers");
        flow.Input("in", new CountedSource(("a", 9)) { Pace = static (_, _) => TimeSpan.FromSeconds(30) })
            .Output("out", new KeptSink("out"), static item => item);

        var run = flow.RunAsync(new FlowOptions
        {
            Scheduler = timers,
            EpochInterval = TimeSpan.FromSeconds(20),
            Recovery = new RecoveryOptions { Store = new InMemoryRecoveryStore() },
        });

        Assert.Equal(9, clock.RunToEnd(run).ItemsWritten);
        Assert.True(timers.Relative > 0);
        Assert.Equal(0, timers.Absolute);
    }
}
