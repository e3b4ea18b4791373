using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The flow of the workload flow, for as long as two epochs of 1 s take, without and with an SQLite store. Measured from the first
/// item to the last, so that what opening a store costs once is not part of it.
/// </summary>
internal static class FlowRecoveryWorkload
{
    private const string With = "Rx.Connectors, recovery";
    private static readonly TimeSpan _lasts = TimeSpan.FromMilliseconds(2_150);

    public static Workload Make() => new()
    {
        Name = "flow-recovery",
        Items = 1,
        WarmUp = 0,
        MaxRounds = 2,
        HasOwnTime = true,
        FreeOnly = true,
        Contenders = [new(Contender.Ours, _ => Run(recovery: false)), new(With, _ => Run(recovery: true))],
        Marks =
        [
            Mark.AtMost("time, to without recovery: at most 1.05", 1.05, Mark.Ratio(Measured.Wall, With, Contender.Ours)),
            Mark.AtMost("CPU, to without recovery: at most 1.05", 1.05, Mark.Ratio(Measured.Cpu, With, Contender.Ours)),
        ],
    };

    private static Measured Run(bool recovery)
    {
        var folder = Directory.CreateTempSubdirectory("rx-connectors-");
        try
        {
            Meter.Settle();
            return Run(recovery ? new RecoveryOptions { Store = new SqliteRecoveryStore(Path.Combine(folder.FullName, "recovery")) } : null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Measured Run(RecoveryOptions? recovery)
    {
        var sink = new SumSink();
        Meter? meter = null;
        Measured? measured = null;
        var flow = new Dataflow("benchmark");
        flow.Input("range", new RangeSource(int.MaxValue, 100))
            .StopWhen(item =>
            {
                // Once in a million items is often enough to look at the clock.
                if (item % 1_000_000 == 0)
                {
                    meter ??= new Meter();
                    if (item > 0 && measured is null && meter.Elapsed >= _lasts)
                    {
                        measured = meter.Stop(item);
                    }
                }

                return measured is not null;
            })
            .Select(i => i + 1)
            .Output("sum", sink);
        var result = flow.RunAsync(new FlowOptions { EpochInterval = TimeSpan.FromSeconds(1), Recovery = recovery })
            .GetAwaiter().GetResult();
        Meter.Check("The flow", sink.Sum, Ints.Checksum(sink.Count));
        measured!["epochs"] = result.Epochs.Committed;
        return measured;
    }
}
