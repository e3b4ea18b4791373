namespace Rx.Connectors.Benchmarks;

/// <summary>All contenders of a workload, each in its process, warm and waiting for their turns.</summary>
internal sealed class ContenderGroup : IDisposable
{
    private readonly List<(string Name, TurnProcess Process)> _all = [];

    /// <summary>Starts them. They warm up beside each other.</summary>
    public ContenderGroup(Placement placement, Workload workload)
    {
        try
        {
            foreach (var contender in workload.Contenders)
            {
                _all.Add((contender.Name, ContenderProcess.Start(placement, workload, contender)));
            }

            foreach (var (_, process) in _all)
            {
                Cores = process.WaitUntilWarm();
                if (placement == Placement.Pinned && Cores != 1)
                {
                    throw new InvalidOperationException($"The run was to be pinned to one core and has {Cores}.");
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Cores { get; }

    /// <summary>What all of them have used so far.</summary>
    public TimeSpan CpuTime => _all.Aggregate(TimeSpan.Zero, static (sum, one) => sum + one.Process.CpuTime);

    /// <summary>
    /// One turn of each, one after the other. Whoever comes first finds other caches than whoever comes last: so each is first in turn.
    /// </summary>
    /// <param name="number">The number of the round, from 0.</param>
    public Round Measure(int number)
    {
        var round = new Round();
        for (var i = 0; i < _all.Count; i++)
        {
            var (name, process) = _all[(i + number) % _all.Count];
            round[name] = process.TakeTurn();
        }

        return round;
    }

    public void Dispose()
    {
        foreach (var (_, process) in _all)
        {
            process.Dispose();
        }
    }
}
