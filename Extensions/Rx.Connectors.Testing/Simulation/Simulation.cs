using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Testing;

/// <summary>
/// Runs whole flows in virtual time, of sources and sinks of every kind, on several workers, with recovery, and lets clients, writes
/// and commits fail and processes crash, at any step; starts them again until all is done, and compares what arrived with what was
/// sent. Everything is drawn from a seed, and repeats with it.
/// </summary>
public static class Simulation
{
    /// <summary>Simulates one case.</summary>
    /// <param name="one">The case.</param>
    /// <returns>What it came to.</returns>
    public static SimulationResult Run(SimulationCase one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return new SimulationRun(one, isRecorded: false).Run();
    }

    /// <summary>Simulates one case, and records what happened in it.</summary>
    /// <param name="one">The case.</param>
    /// <returns>The recording: the same, byte for byte, each time and on any machine.</returns>
    public static Recording Record(SimulationCase one)
    {
        ArgumentNullException.ThrowIfNull(one);
        var run = new SimulationRun(one, isRecorded: true);
        run.Run();
        return run.Recording!;
    }

    /// <summary>Simulates the seeds from a first one on, on as many threads as there are processors.</summary>
    /// <param name="seeds">How many, 1 or more.</param>
    /// <param name="first">The first one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What they came to in all, whatever the order in which they were run.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="seeds"/> is less than 1.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static SimulationReport RunMany(int seeds, ulong first = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        return RunAll([.. Enumerable.Range(0, seeds).Select(i => new SimulationCase(first + (ulong)i))], cancellationToken);
    }

    /// <summary>Simulates cases, on as many threads as there are processors.</summary>
    /// <param name="cases">The cases.</param>
    /// <returns>What they came to in all, whatever the order in which they were run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="cases"/> is null.</exception>
    public static SimulationReport RunMany(IReadOnlyList<SimulationCase> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return RunAll(cases, CancellationToken.None);
    }

    /// <summary>Makes a case that is not right smaller, for as long as it stays so.</summary>
    /// <param name="failing">The case.</param>
    /// <returns>A case that is not right either, with fewer workers, crashes, sinks, sources, partitions and items; the case itself
    /// if it is right or cannot be made smaller.</returns>
    public static SimulationCase Shrink(SimulationCase failing)
    {
        ArgumentNullException.ThrowIfNull(failing);
        if (Run(failing).IsRight)
        {
            return failing;
        }

        var smallest = failing;
        while (Smaller(smallest).FirstOrDefault(static one => !Run(one).IsRight) is { } smaller)
        {
            smallest = smaller;
        }

        return smallest;
    }

    private static SimulationReport RunAll(IReadOnlyList<SimulationCase> cases, CancellationToken cancellationToken)
    {
        var results = new SimulationResult[cases.Count];
        var next = -1;
        Exception? failure = null;
        // Threads of its own: the clocks wait for the pool to see that nothing has escaped to it, and would hold it up.
        var threads = Enumerable.Range(0, Math.Min(cases.Count, Environment.ProcessorCount)).Select(_ => new Thread(Work)).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        cancellationToken.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return new SimulationReport(results);

        void Work()
        {
            try
            {
                while (Interlocked.Increment(ref next) is var i && i < results.Length && !cancellationToken.IsCancellationRequested)
                {
                    results[i] = Run(cases[i]);
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
        }
    }

    private static IEnumerable<SimulationCase> Smaller(SimulationCase one)
    {
        var plan = SimulationPlan.Draw(one);
        var partitions = plan.Sources.Select(static source => source.Items.Count).Concat(plan.Sinks.Select(static sink => sink.Partitions)).Max();
        var items = plan.Sources.SelectMany(static source => source.Items).Max();
        return
        [
            .. one.Faults > 0 ? [one with { Faults = 0 }] : Array.Empty<SimulationCase>(),
            .. Below(plan.Sources.Count, 1).Select(limit => one with { Sources = limit }),
            .. Below(plan.Sinks.Count, 1).Select(limit => one with { Sinks = limit }),
            .. Below(plan.Workers, 1).Select(limit => one with { Workers = limit }),
            .. Below(plan.Crashes.Count, 0).Select(limit => one with { Crashes = limit }),
            .. Below(partitions, 1).Select(limit => one with { Partitions = limit }),
            .. Below(items, 1).Select(limit => one with { Items = limit }),
        ];
    }

    // The least first, then half, then one less: few tries where much can go.
    private static IEnumerable<int> Below(int value, int least) =>
        new[] { least, (value + least) / 2, value - 1 }.Where(limit => limit >= least && limit < value).Distinct();
}
