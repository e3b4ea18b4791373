using System.Diagnostics;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// Runs every contender of every workload in turn, round after round, until the time is used: on a machine that others use, too,
/// only what was measured side by side, and more than once, can be compared.
/// </summary>
internal sealed class Rounds(IReadOnlyList<Workload> workloads)
{
    private const int Least = 3;
    private const int Passes = 3;

    /// <summary>For those that take turns together: there are two runs, and both are to be over within three minutes.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromSeconds(45);

    /// <summary>For each of them, where there are few.</summary>
    private static readonly TimeSpan _each = TimeSpan.FromSeconds(10);

    /// <summary>What is added before even the least number of rounds is given up, on a machine that is too busy for them.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    /// <summary>Until when those that are measured alone may begin another round.</summary>
    private static readonly TimeSpan _alone = TimeSpan.FromSeconds(45);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<Workload, List<Round>> _rounds = workloads.ToDictionary(one => one, _ => new List<Round>());

    private TimeSpan _budget;

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public IReadOnlyDictionary<Workload, List<Round>> Run()
    {
        foreach (var workload in workloads.Where(one => one.Alone))
        {
            WarmUp([workload]);
            Measure(workload);
            while (_rounds[workload].Count < workload.MaxRounds && Elapsed < _alone)
            {
                Measure(workload);
            }
        }

        List<Workload> left = [.. workloads.Where(one => !one.Alone)];
        _budget = Elapsed + TimeSpan.FromSeconds(Math.Min(_together.TotalSeconds, left.Count * _each.TotalSeconds));
        WarmUp(left);
        var lasted = new Dictionary<Workload, TimeSpan>();
        while (left.RemoveAll(workload => IsDone(workload, lasted.GetValueOrDefault(workload))) >= 0 && left.Count > 0)
        {
            for (var turn = 0; turn < left.Max(one => one.Share); turn++)
            {
                foreach (var workload in left.Where(one => turn < one.Share && !IsDone(one, lasted.GetValueOrDefault(one))))
                {
                    var started = Stopwatch.GetTimestamp();
                    Measure(workload);
                    lasted[workload] = Stopwatch.GetElapsedTime(started);
                }
            }
        }

        return _rounds;
    }

    // Code is made twice: once it is seen to be hot, to see how it is used, and then for good. Each takes a turn, and a rest.
    private static void WarmUp(IReadOnlyList<Workload> workloads)
    {
        var warmed = workloads.Where(workload => workload.WarmUp > 0).ToArray();
        for (var pass = 0; pass < Passes && warmed.Length > 0; pass++)
        {
            foreach (var workload in warmed)
            {
                foreach (var contender in workload.Contenders)
                {
                    contender.Measure(Math.Min(workload.WarmUp, workload.Items));
                }
            }

            Compiler.WaitUntilItRests();
        }
    }

    private bool IsDone(Workload workload, TimeSpan lasted)
    {
        var rounds = _rounds[workload].Count;
        return rounds >= workload.MaxRounds
            || Elapsed + lasted > (rounds >= Least ? _budget : rounds >= 1 ? _budget + _grace : TimeSpan.MaxValue);
    }

    // Whoever comes first finds other caches and another heap than whoever comes last: so each is first in turn.
    private void Measure(Workload workload)
    {
        var rounds = _rounds[workload];
        var round = new Round();
        for (var i = 0; i < workload.Contenders.Count; i++)
        {
            var contender = workload.Contenders[(i + rounds.Count) % workload.Contenders.Count];
            round[contender.Name] = contender.Measure(workload.Items);
        }

        rounds.Add(round);
    }
}
