using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>The end of a stream, before anything reads it.</summary>
internal interface IStreamEnd
{
    string StepId { get; }

    bool IsRead { get; }
}

/// <summary>The steps of a flow: what is read, and where it is written.</summary>
internal sealed class FlowPlan(string name)
{
    private readonly HashSet<string> _stepIds = new(StringComparer.Ordinal);
    private readonly List<ISourceStep> _sources = [];
    private readonly List<ISinkStep> _sinks = [];
    private readonly List<(ISinkStep Sink, IReadOnlyList<ISourceStep> Sources)> _origins = [];
    private readonly List<IStreamEnd> _streams = [];

    public string Name => name;

    public IReadOnlyList<ISourceStep> Sources => _sources;

    public IReadOnlyList<ISinkStep> Sinks => _sinks;

    public void Add(ISourceStep source) => _sources.Add(source);

    /// <summary>Adds a sink.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="sources">Those that its items come from.</param>
    public void Add(ISinkStep sink, IReadOnlyList<ISourceStep> sources)
    {
        _sinks.Add(sink);
        _origins.Add((sink, sources));
    }

    public void Add(IStreamEnd stream) => _streams.Add(stream);

    public string AddStepId(string stepId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stepId);
        StoredName.Check(stepId, $"step id in flow '{name}'", nameof(stepId));
        if (!_stepIds.Add(stepId))
        {
            throw new ArgumentException(
                $"Flow '{name}' has a step '{stepId}' already. Step ids must be unique: give this step another one.", nameof(stepId));
        }

        return stepId;
    }

    public string AddStepId(string? stepId, string kind)
    {
        if (stepId is not null)
        {
            return AddStepId(stepId);
        }

        var number = 1;
        while (!_stepIds.Add($"{kind}-{number}"))
        {
            number++;
        }

        return $"{kind}-{number}";
    }

    public void Check(FlowOptions options)
    {
        if (_sources.Count == 0)
        {
            throw new InvalidOperationException($"Flow '{name}' has no source; it needs at least one Input.");
        }

        if (_sinks.Count == 0)
        {
            throw new InvalidOperationException($"Flow '{name}' has no sink; it needs at least one Output.");
        }

        if (_streams.Find(static stream => !stream.IsRead) is { } end)
        {
            throw new InvalidOperationException(
                $"Flow '{name}', step '{end.StepId}': its items lead nowhere. Connect it to an Output, or leave it out.");
        }

        if (options.Recovery is { AllowSourcesWithoutPositions: false })
        {
            CheckOrigins();
        }
    }

    // After a crash such a sink cuts off what was written since the last commit, counting on it to come again.
    private void CheckOrigins()
    {
        foreach (var (sink, sources) in _origins.Where(static one => one.Sink.GoesBack))
        {
            if (sources.FirstOrDefault(static source => !source.HasPositions) is { } source)
            {
                throw new InvalidOperationException(
                    $"Flow '{name}': source '{source.StepId}' has no positions, and sink '{sink.StepId}' goes back to its stored position when the " +
                    "flow is restarted: what was written after the last commit would be cut off and not read again. Give the source positions " +
                    "(a FixedPartitionedSource), write to a DynamicSink, or accept it with " +
                    $"{nameof(RecoveryOptions)}.{nameof(RecoveryOptions.AllowSourcesWithoutPositions)}.");
            }
        }
    }
}
