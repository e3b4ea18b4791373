using System.Reactive.Linq;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// 10,000 clients that never send, and what it costs to wait for them: CPU per client and second, and bytes that are live for each.
/// The clients are Observable.Never, and the partitions' keys are made before, so that neither is counted. Timers are
/// those beyond the ones that a flow of a single partition has, which are for its epochs and for the system's clock.
/// </summary>
internal static class IdleWorkload
{
    private const int Partitions = 10_000;

    public static Workload Make() => new()
    {
        Name = "idle",
        Items = Partitions,
        MaxRounds = 1,
        Alone = true,
        Contenders =
        [
            new(Contender.Ours, partitions => Ours(partitions, TimeSpan.FromSeconds(5))),
            // Its CPU is a figure per second, too: it need not be waited for as long.
            new(Contender.SystemReactive, partitions => Buffers(partitions, TimeSpan.FromSeconds(2))),
        ],
        Marks =
        [
            Mark.AtMost("timers: at most 0", 0, Mark.Figure(IdleMeter.Timers, Contender.Ours)),
            Mark.AtMost("CPU in % of a core: at most 1", 1, Mark.Figure(IdleMeter.Percent, Contender.Ours)),
            Mark.AtMost("bytes per partition: at most 2,048", 2_048, Mark.Figure(Measured.Bytes, Contender.Ours)),
        ],
    };

    private static Measured Ours(int partitions, TimeSpan time)
    {
        var single = Start(new IdleSource(1));
        Thread.Sleep(IdleMeter.Settles);
        var timers = Timer.ActiveCount;
        Stop(single);
        var source = new IdleSource(partitions);
        var meter = new IdleMeter(timers);
        var run = Start(source);
        var measured = meter.Measure(partitions, time);
        Stop(run);
        GC.KeepAlive(source);
        return measured;
    }

    private static FlowRun Start(IdleSource source)
    {
        var flow = new Dataflow("idle");
        flow.Input("clients", source).Output("sum", new SumSink());
        var run = flow.Start();
        source.WaitUntilOpen();
        return run;
    }

    private static void Stop(FlowRun run)
    {
        run.Stop();
        run.Completion.GetAwaiter().GetResult();
    }

    private static Measured Buffers(int partitions, TimeSpan time)
    {
        var subscriptions = new IDisposable[partitions];
        var meter = new IdleMeter(Timer.ActiveCount);
        for (var i = 0; i < partitions; i++)
        {
            subscriptions[i] = Observable.Never<int>().Buffer(BridgeWorkload.Delay, 100).Subscribe(static _ => { });
        }

        var measured = meter.Measure(partitions, time);
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }

        return measured;
    }
}
