using System.Diagnostics;

namespace Rx.Connectors.Benchmarks;

/// <summary>Measures between two points of time, in whatever threads they are reached.</summary>
internal sealed class Meter
{
    /// <summary>What is done in less is done again within its turn, since the clocks are too coarse for it.</summary>
    private static readonly TimeSpan _shortestTurn = TimeSpan.FromMilliseconds(20);

    private readonly long _bytes = GC.GetTotalAllocatedBytes(precise: true);
    private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;
    private readonly long _started = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public Measured Stop(long items)
    {
        var wall = Elapsed;
        var cpu = Environment.CpuUsage.TotalTime - _cpu;
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - _bytes;
        return Measured.Of(cpu.TotalNanoseconds / items, (double)bytes / items, wall.TotalNanoseconds / items);
    }

    /// <summary>Does it once, or several times where that is over too soon.</summary>
    public static Measured Run(string name, Func<int, long> run, int items, long checksum)
    {
        Settle();
        var meter = new Meter();
        var done = 0L;
        do
        {
            Check(name, run(items), checksum);
            done += items;
        }
        while (meter.Elapsed < _shortestTurn);

        return meter.Stop(done);
    }

    /// <summary>Nobody is to pay for what others have left behind.</summary>
    public static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    public static void Check(string name, long sum, long checksum)
    {
        if (sum != checksum)
        {
            throw new InvalidOperationException($"{name} came to {sum} instead of {checksum}.");
        }
    }
}
