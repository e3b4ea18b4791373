namespace Rx.Connectors.Benchmarks;

/// <summary>What a process that waits costs, beyond what it did when this was made.</summary>
internal sealed class IdleMeter
{
    public const string Timers = "timers";
    public const string Percent = "cpu_percent";

    private static readonly TimeSpan _settles = TimeSpan.FromMilliseconds(700);

    private readonly long _timers = Timer.ActiveCount;
    private readonly long _bytes = GC.GetTotalMemory(forceFullCollection: true);

    public Measured Measure(int partitions, TimeSpan time)
    {
        // Until the compiler has done what the opening has left for it.
        Thread.Sleep(_settles);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - _bytes;
        Thread.Sleep(_settles);
        var meter = new Meter();
        Thread.Sleep(time);
        var timers = Timer.ActiveCount - _timers;
        var cpu = meter.Stop(partitions)[Measured.Cpu] / time.TotalSeconds;
        var measured = Measured.Of(cpu, (double)bytes / partitions, 1e9 / partitions);
        measured[Percent] = cpu * partitions / 1e9 * 100;
        measured[Timers] = timers;
        return measured;
    }
}
