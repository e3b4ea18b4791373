namespace Rx.Connectors.Testing;

/// <summary>Compares what has arrived with what was sent.</summary>
internal sealed class ArrivalCount
{
    private readonly List<string> _faults;

    public ArrivalCount(SimulationPlan plan, SimulatedWorld world, List<string> faults)
    {
        _faults = faults;
        if (faults.Count > 0)
        {
            // It was not run to its end: what is missing says nothing.
            return;
        }

        for (var i = 0; i < plan.Sinks.Count; i++)
        {
            Compare(plan.Sinks[i], world.Targets[i]);
        }

        foreach (var broker in world.Brokers.SelectMany(static step => step))
        {
            if (broker.Left > 0)
            {
                faults.Add($"{broker.Left} deliveries were never acknowledged.");
            }
        }
    }

    public int Expected { get; private set; }

    public int Lost { get; private set; }

    public int Duplicated { get; private set; }

    public int Repeated { get; private set; }

    private void Compare(SinkPlan sink, SimulatedTarget target)
    {
        var arrived = new Dictionary<SimulatedItem, int>();
        foreach (var item in target.Written.SelectMany(static partition => partition))
        {
            arrived[item] = arrived.GetValueOrDefault(item) + 1;
        }

        foreach (var source in sink.Sources)
        {
            for (var i = 0; i < source.Items.Count; i++)
            {
                CompareItems(source.Expected(i), arrived, sink.KeepsPosition && source.KeepsPosition);
            }
        }

        if (arrived.Count > 0)
        {
            _faults.Add($"{sink.StepId} holds {arrived.Count} items that nobody has sent, as {arrived.Keys.First()}.");
        }

        CheckOrder(sink, target);
    }

    private void CompareItems(IEnumerable<SimulatedItem> expected, Dictionary<SimulatedItem, int> arrived, bool exactlyOnce)
    {
        foreach (var item in expected)
        {
            Expected++;
            arrived.Remove(item, out var times);
            Lost += times == 0 ? 1 : 0;
            var again = Math.Max(times - 1, 0);
            Duplicated += exactlyOnce ? again : 0;
            Repeated += exactlyOnce ? 0 : again;
        }
    }

    private void CheckOrder(SinkPlan sink, SimulatedTarget target)
    {
        if (!sink.KeepsPosition)
        {
            return;
        }

        foreach (var partition in target.Written)
        {
            foreach (var items in partition.GroupBy(static item => (item.Source, item.Partition)))
            {
                var numbers = items.Select(static item => ((long)item.Index << 32) + item.Part).ToArray();
                if (sink.Sources.Any(source => source.Number == items.Key.Source && source.KeepsPosition)
                    && !numbers.SequenceEqual(numbers.Order()))
                {
                    _faults.Add($"{sink.StepId} holds items of {items.First()} and on out of order.");
                }
            }
        }
    }
}
