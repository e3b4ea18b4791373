namespace Rx.Connectors.Benchmarks;

/// <summary>What a process that waits costs, beyond what it did when this was made.</summary>
/// <param name="timersBefore">The timers there are without what is measured.</param>
internal sealed class IdleMeter(long timersBefore)
{
    public const string Timers = "timers";
    public const string Percent = "cpu_percent";
    public const string Polls = "polls_per_s";

    public static readonly TimeSpan Settles = TimeSpan.FromMilliseconds(300);

    private readonly long _bytes = GC.GetTotalMemory(forceFullCollection: true);

    /// <param name="partitions">How many wait.</param>
    /// <param name="time">For how long they are watched.</param>
    /// <param name="polls">Counts the polls; null where they are not counted.</param>
    public Measured Measure(int partitions, TimeSpan time, Func<long>? polls = null)
    {
        // The opening leaves it methods to compile anew, for seconds: what the process did is not what it costs.
        Compiler.WaitUntilItRests();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - _bytes;
        Thread.Sleep(Settles);
        var meter = new Meter();
        var polled = polls?.Invoke();
        Thread.Sleep(time);
        polled = polls?.Invoke() - polled;
        var lasted = meter.Elapsed.TotalSeconds;
        var timers = Timer.ActiveCount - timersBefore;
        var cpu = meter.Stop(partitions)[Measured.Cpu] / lasted;
        var measured = Measured.Of(cpu, (double)bytes / partitions, 1e9 / partitions);
        measured[Percent] = cpu * partitions / 1e9 * 100;
        measured[Timers] = timers;
        if (polled is { } count)
        {
            measured[Polls] = count / lasted;
        }

        return measured;
    }
}
