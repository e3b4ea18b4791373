using System.Reactive.Linq;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// 10,000 clients that never send, and what it costs to wait for them: CPU per client and second, and bytes that are live for each.
/// The clients are Observable.Never, and the partitions' keys are made before, so that neither is counted. Timers are
/// those beyond the ones that a flow of a single partition has, which are for its epochs and for the system's clock.
/// Beside them a client that can tell nothing, which has to be asked every millisecond, and 50,000 that were busy for a second before.
/// </summary>
internal static class IdleWorkload
{
    private const string Silent = Contender.Ours + ", can tell nothing";
    private const string AfterBusy = Contender.Ours + ", 50,000 after a busy second";
    private const int Partitions = 10_000;
    private const int BusyPartitions = 50_000;

    private static readonly TimeSpan _busy = TimeSpan.FromSeconds(1);

    // The windows that were open are over by then. The epoch is not: what it costs is the busy second's.
    private static readonly TimeSpan _calmsDown = TimeSpan.FromSeconds(2);

    public static Workload Make() => new()
    {
        Name = "idle",
        Items = Partitions,
        WarmUp = 0,
        MaxRounds = 1,
        HasOwnTime = true,
        FreeOnly = true,
        Contenders =
        [
            new(Contender.Ours, partitions => Ours(partitions, TimeSpan.FromSeconds(5))),
            new(Silent, _ => OfOneThatTellsNothing(TimeSpan.FromSeconds(3))),
            new(AfterBusy, _ => AfterABusySecond(TimeSpan.FromSeconds(4))),
            // Its CPU is a figure per second, too: it need not be waited for as long.
            new(Contender.SystemReactive, partitions => Buffers(partitions, TimeSpan.FromSeconds(2))),
        ],
        Marks =
        [
            Mark.AtMost("timers: at most 0", 0, Mark.Figure(IdleMeter.Timers, Contender.Ours)),
            Mark.AtMost("CPU in % of a core: at most 1", 1, Mark.Figure(IdleMeter.Percent, Contender.Ours)),
            Mark.AtMost("bytes per partition: at most 2,048", 2_048, Mark.Figure(Measured.Bytes, Contender.Ours)),
            Mark.AtMost("can tell nothing, CPU in % of a core: at most 3", 3, Mark.Figure(IdleMeter.Percent, Silent)),
            Mark.AtMost("can tell nothing, polls a second: at most 1,000", 1_000, Mark.Figure(IdleMeter.Polls, Silent)),
            Mark.AtMost("50,000 after a busy second, CPU in % of a core: at most 1", 1, Mark.Figure(IdleMeter.Percent, AfterBusy)),
        ],
    };

    private static Measured Ours(int partitions, TimeSpan time)
    {
        var one = new IdleSource(1);
        var single = Start(one);
        one.WaitUntilOpen();
        Thread.Sleep(IdleMeter.Settles);
        var timers = Timer.ActiveCount;
        Stop(single);
        var source = new IdleSource(partitions);
        var meter = new IdleMeter(timers);
        var run = Start(source);
        source.WaitUntilOpen();
        var measured = meter.Measure(partitions, time);
        Stop(run);
        GC.KeepAlive(source);
        return measured;
    }

    private static Measured OfOneThatTellsNothing(TimeSpan time)
    {
        var source = new SilentSource();
        var meter = new IdleMeter(Timer.ActiveCount);
        var run = Start(source);
        var measured = meter.Measure(1, time, () => source.Polls);
        Stop(run);
        return measured;
    }

    private static Measured AfterABusySecond(TimeSpan time)
    {
        var source = new BusySource(BusyPartitions);
        var meter = new IdleMeter(Timer.ActiveCount);
        var run = Start(source);
        source.SendFor(_busy);
        Thread.Sleep(_calmsDown);
        var measured = meter.Measure(BusyPartitions, time);
        Stop(run);
        GC.KeepAlive(source);
        return measured;
    }

    private static FlowRun Start(FixedPartitionedSource<int, int> source)
    {
        var flow = new Dataflow("idle");
        flow.Input("clients", source).Output("sum", new SumSink());
        return flow.Start();
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
