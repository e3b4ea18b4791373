namespace Rx.Connectors.Flows;

/// <summary>The sink partitions of a run, by step, once they are made.</summary>
internal sealed class SinkTable
{
    private readonly Dictionary<ISinkStep, IReadOnlyList<ISinkRunner>> _byStep = new(ReferenceEqualityComparer.Instance);
    private volatile ISinkRunner[] _all = [];

    /// <summary>All of them, in the order of the steps. May be read from any thread.</summary>
    public IReadOnlyList<ISinkRunner> All => _all;

    public IReadOnlyList<ISinkRunner> Of(ISinkStep step) => _byStep[step];

    /// <summary>Takes those of all steps, before any worker looks.</summary>
    public void Take(IEnumerable<(ISinkStep Step, IReadOnlyList<ISinkRunner> Sinks)> made)
    {
        foreach (var (step, sinks) in made)
        {
            _byStep.Add(step, sinks);
            _all = [.. _all, .. sinks];
        }
    }
}
