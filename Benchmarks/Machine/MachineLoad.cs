using System.Globalization;

namespace Rx.Connectors.Benchmarks;

/// <summary>How busy the machine is with everything that runs on it, where the system tells.</summary>
internal static class MachineLoad
{
    // What /proc/stat counts in: a hundredth of a second wherever a program may look.
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Threads that ran or could have, on average over the last minute; null where the system does not tell.</summary>
    public static double? OneMinute() => Read("/proc/loadavg") is { } text ? ParseLoad(text) : null;

    /// <summary>The CPU time of all processes since the system started; null where the system does not tell.</summary>
    public static TimeSpan? CpuTime() => Read("/proc/stat") is { } text ? ParseCpuTime(text) : null;

    public static double ParseLoad(string loadavg) => double.Parse(loadavg.Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>
    /// Of the line for all cores: user, nice, system, irq, softirq and steal, which is what other machines took of this one. Not
    /// idle and iowait, and not guest, which is a part of user.
    /// </summary>
    public static TimeSpan ParseCpuTime(string stat)
    {
        var ticks = stat[..stat.IndexOf('\n', StringComparison.Ordinal)].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        return _tick * ticks.Where((_, i) => i is 0 or 1 or 2 or 5 or 6 or 7).Sum(one => long.Parse(one, CultureInfo.InvariantCulture));
    }

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
