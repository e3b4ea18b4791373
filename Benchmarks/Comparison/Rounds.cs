using System.Diagnostics;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// One run of <c>compare</c>: workload after workload, all contenders of a workload in turn, round after round, until its time is used:
/// on a machine that others use, too, only what was measured side by side, and more than once, can be compared.
/// </summary>
internal sealed class Rounds(Placement placement, IReadOnlyList<Workload> workloads)
{
    private const int Least = 3;

    /// <summary>For the rounds of those that share it: there are two runs, and both are to be over within three minutes.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromSeconds(36);

    /// <summary>For each of them, where there are few; and for each that has a time of its own.</summary>
    private static readonly TimeSpan _each = TimeSpan.FromSeconds(10);

    /// <summary>What is added before even the least number of rounds is given up, on a machine that is too busy for them.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(3);

    private readonly Others _others = new();
    private readonly Dictionary<string, List<Round>> _rounds = [];
    private TimeSpan _used;
    private int _cores;

    /// <summary>Measures, on the main thread.</summary>
    public RunResult Run()
    {
        var left = _together;
        var shares = workloads.Sum(Share);
        foreach (var workload in workloads)
        {
            if (workload.HasOwnTime)
            {
                Measure(workload, _each, least: 1);
                continue;
            }

            var slice = left * ((double)Share(workload) / shares);
            left -= Measure(workload, slice < _each ? slice : _each, Least);
            left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            shares -= Share(workload);
        }

        return new RunResult(_cores, _others.Cores(_used), _rounds);
    }

    private static int Share(Workload workload) => workload.HasOwnTime ? 0 : workload.Share;

    // How long it took, the warm-up not counted.
    private TimeSpan Measure(Workload workload, TimeSpan time, int least)
    {
        using var contenders = new ContenderGroup(placement, workload);
        var started = Stopwatch.GetTimestamp();
        var rounds = new List<Round>();
        var longest = TimeSpan.Zero;
        do
        {
            var before = Stopwatch.GetElapsedTime(started);
            rounds.Add(contenders.Measure(rounds.Count));
            var lasted = Stopwatch.GetElapsedTime(started) - before;
            longest = lasted > longest ? lasted : longest;
        }
        while (rounds.Count < workload.MaxRounds &&
            Stopwatch.GetElapsedTime(started) + longest <= (rounds.Count >= least ? time : time + _grace));

        _cores = contenders.Cores;
        _used += contenders.CpuTime;
        _rounds[workload.Name] = rounds;
        return Stopwatch.GetElapsedTime(started);
    }
}
