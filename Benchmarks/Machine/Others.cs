using System.Diagnostics;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// What all other processes have used of the machine since this was made. The load counts this process, too, and is a mean over a
/// minute; this is how much a run was really disturbed.
/// </summary>
internal sealed class Others
{
    private readonly TimeSpan? _all = MachineLoad.CpuTime();
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>As a number of cores; null where the system does not tell.</summary>
    /// <param name="children">What the processes have used that this one has started.</param>
    public double? Cores(TimeSpan children) => Cores(
        MachineLoad.CpuTime() - _all, Environment.CpuUsage.TotalTime - _own + children, Stopwatch.GetElapsedTime(_started));

    /// <summary>Null, too, where all are said to have used much less than one of them: some systems show a file of zeros.</summary>
    public static double? Cores(TimeSpan? all, TimeSpan own, TimeSpan elapsed) =>
        all is not { } known || known < own / 2 ? null : Math.Max(0, (known - own) / elapsed);
}
