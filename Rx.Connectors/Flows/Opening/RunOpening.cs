namespace Rx.Connectors.Flows;

/// <summary>
/// What comes before the first poll: every partition is listed and checked, all stored positions are loaded, and each worker is
/// told what is its own (P9, P11). Nothing is built before all of that is known to be right.
/// </summary>
internal sealed class RunOpening(
    FlowPlan plan, RunTerms run, RunControl control, RunStore store, OpenSources open, WorkerTeam team, SinkTable sinkTable)
{
    private readonly Lister _lister = new(run, control);
    private readonly StoreOpening _storeOpening = new(plan, run, control, store);
    private readonly DepartedPositions _departed = new();
    private Wiring[] _wirings = [];

    // Replaced, not added to: a run may end while it opens, and then another thread reads it.
    private volatile PartitionWatch[] _watches = [];

    /// <summary>Those sources whose partitions may change while the flow runs.</summary>
    public IReadOnlyList<PartitionWatch> Watches => _watches;

    /// <summary>The last list that a step was asked for.</summary>
    public ListingCall? LastListing => _lister.Last;

    /// <returns>Whether the run has begun. It never fails: the run does.</returns>
    public async Task<bool> RunAsync()
    {
        if (control.HasEnded)
        {
            // Stopped before it was begun.
            return false;
        }

        try
        {
            var sinks = new List<Listing>();
            foreach (var sink in plan.Sinks)
            {
                sinks.Add(await ListAsync(sink).ConfigureAwait(false));
            }

            var sources = new List<Listing>();
            foreach (var source in plan.Sources)
            {
                sources.Add(await ListAsync(source).ConfigureAwait(false));
            }

            await _storeOpening.RunAsync(sources, sinks).ConfigureAwait(false);
            if (!control.HasEnded)
            {
                Distribute(sources, sinks);
            }
        }
        catch (Exception error)
        {
            control.Fail(error);
        }

        return !control.HasEnded;
    }

    private async Task<Listing> ListAsync(ISourceStep step)
    {
        var listed = await _lister.AskAsync(step.StepId, step.ListAsync).ConfigureAwait(false);
        var watch = TryWatch(step);
        if (watch is not null)
        {
            _watches = [.. _watches, watch];
        }

        var listing = Assign(step.StepId, listed, mayBeEmpty: watch is not null);
        watch?.Know(listing);
        return listing;
    }

    private async Task<Listing> ListAsync(ISinkStep step) =>
        Assign(step.StepId, await _lister.AskAsync(step.StepId, step.ListAsync).ConfigureAwait(false), mayBeEmpty: false);

    private Listing Assign(string stepId, IReadOnlySet<string>[] listed, bool mayBeEmpty)
    {
        var keys = PartitionKeys.Merge(listed);
        return keys.Length == 0 && !mayBeEmpty
            ? throw new FlowException(run.Flow, stepId, null, "ListPartitions returned no partition; there must be at least one", null)
            : new Listing(stepId, keys, Primaries.Assign(keys, listed, new int[listed.Length]));
    }

    private PartitionWatch? TryWatch(ISourceStep step)
    {
        try
        {
            return step.Changes(run.Clock) is { } changes
                ? new PartitionWatch(run, control, open, team, _lister, step, changes, worker => MakerOf(step, worker)) : null;
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw PartitionWatch.Failed(run, step, error);
        }
    }

    private void Distribute(List<Listing> sources, List<Listing> sinks)
    {
        sinkTable.Take(plan.Sinks.Zip(sinks, (step, listing) => (step, step.Make(team.Workers, store, listing))));
        var wirings = new Wiring[team.Workers.Count];
        for (var i = 0; i < wirings.Length; i++)
        {
            wirings[i] = new Wiring(team.Workers[i].Context, sinkTable, wirings);
        }

        _wirings = wirings;
        foreach (var _ in _watches)
        {
            open.Enter();
        }

        foreach (var listing in sources)
        {
            for (var i = 0; i < listing.Keys.Length; i++)
            {
                open.Enter();
            }
        }

        foreach (var worker in team.Workers)
        {
            worker.Post(new Begin(this, sources));
        }

        foreach (var watch in _watches)
        {
            watch.Begin();
        }
    }

    private SourceMaker MakerOf(ISourceStep step, int worker) => new(step, _wirings[worker], store, _departed);

    // On the worker's own thread.
    private void Open(Worker worker, List<Listing> listings)
    {
        var index = worker.Context.Index;
        var sources = plan.Sources.Zip(listings)
            .SelectMany(pair => pair.Second.KeysOf(index).Select(MakerOf(pair.First, index).Make));
        worker.Open([.. sources], [.. sinkTable.All.Where(sink => sink.Worker == worker)]);
    }

    /// <summary>On each worker's own thread: builds what is its own.</summary>
    private sealed class Begin(RunOpening opening, List<Listing> sources) : IWorkerMessage
    {
        public void Handle(Worker worker) => opening.Open(worker, sources);
    }
}
