using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>
/// What comes before the first poll: every partition is listed and checked, all stored positions are loaded, and each worker is
/// told what is its own (P9, P11). Nothing is built before all of that is known to be right.
/// </summary>
internal sealed class Opening(Dataflow flow, RunContext run)
{
    // Replaced, not added to: a run may end while it opens, and then another thread reads it.
    private volatile PartitionWatch[] _watches = [];

    /// <summary>Those sources whose partitions may change while the flow runs.</summary>
    public IReadOnlyList<PartitionWatch> Watches => _watches;

    /// <returns>Whether the run has begun. It never fails: the run does.</returns>
    public async Task<bool> RunAsync()
    {
        if (run.HasEnded)
        {
            // Stopped before it was begun.
            return false;
        }

        try
        {
            var sinks = new List<Listing>();
            foreach (var sink in flow.Sinks)
            {
                sinks.Add(await ListAsync(sink).ConfigureAwait(false));
            }

            var sources = new List<Listing>();
            foreach (var source in flow.Sources)
            {
                sources.Add(await ListAsync(source).ConfigureAwait(false));
            }

            await LoadAsync(sources, sinks).ConfigureAwait(false);
            if (!run.HasEnded)
            {
                Distribute(sources, sinks);
            }
        }
        catch (Exception error)
        {
            run.Fail(error);
        }

        return !run.HasEnded;
    }

    private async Task<Listing> ListAsync(ISourceStep step)
    {
        var listed = await Listing.AskAsync(run, step.StepId, (worker, stop) => step.ListAsync(worker, run.Workers.Count, stop))
            .ConfigureAwait(false);
        var watch = PartitionWatch.TryMake(run, step, listed);
        if (watch is not null)
        {
            _watches = [.. _watches, watch];
        }

        var keys = PartitionKeys.Merge(listed);
        if (keys.Length == 0 && watch is null)
        {
            throw NoPartition(step.StepId);
        }

        var listing = new Listing(step.StepId, keys, Primaries.Assign(keys, listed, new int[listed.Length]));
        watch?.Know(listing);
        return listing;
    }

    private async Task<Listing> ListAsync(ISinkStep step)
    {
        var listed = await Listing.AskAsync(run, step.StepId, (worker, stop) => step.ListAsync(worker, run.Workers.Count, stop))
            .ConfigureAwait(false);
        var keys = PartitionKeys.Merge(listed);
        return keys.Length == 0
            ? throw NoPartition(step.StepId)
            : new Listing(step.StepId, keys, Primaries.Assign(keys, listed, new int[listed.Length]));
    }

    private FlowException NoPartition(string stepId) => new(
        run.Flow, stepId, null, "ListPartitions returned no partition; there must be at least one", null);

    private async Task LoadAsync(List<Listing> sources, List<Listing> sinks)
    {
        if (run.Settings.Recovery is not { } recovery)
        {
            return;
        }

        CheckPositions(recovery.Json);
        try
        {
            // Whoever closes the run meanwhile waits for this: a store that is opened after it would never be closed. A task of its
            // own, since of two that await the same one the framework sends one to another thread (F6).
            var loaded = new TaskCompletionSource();
            run.Loading = loaded.Task;
            try
            {
                await OpenLogAsync(recovery).ConfigureAwait(false);
            }
            finally
            {
                loaded.SetResult();
            }
        }
        catch (Exception error)
        {
            throw new FlowException(run.Flow, null, null, "its stored positions could not be loaded", "F3", error);
        }

        CheckStored(sources, sinks);
        if (!run.HasEnded)
        {
            Tell(recovery);
        }

        async Task OpenLogAsync(RecoverySettings settings)
        {
            var execution = await settings.Store.OpenAsync(run.Flow, settings.TakeOver, run.Aborted.Token).ConfigureAwait(false);
            try
            {
                var log = new PositionLog(execution, settings, run.Clock);
                run.Resume = Report([.. sources, .. sinks], execution);
                run.Log = log;
            }
            finally
            {
                // Also where what the store has given makes no sense: it must not take the run for alive.
                if (run.Log is not { } opened)
                {
                    await execution.DisposeAsync().ConfigureAwait(false);
                }
                else if (run.HasEnded)
                {
                    await opened.CloseAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private void Tell(RecoverySettings recovery)
    {
        try
        {
            recovery.OnResume?.Invoke(run.Resume!);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(run.Flow, null, null, "RecoveryOptions.OnResume has refused to go on", null, error);
        }
    }

    // All of them, before the first partition is built: building a sink may cut what was written.
    private void CheckStored(List<Listing> sources, List<Listing> sinks)
    {
        foreach (var (step, listing) in flow.Sources.Zip(sources))
        {
            Array.ForEach(listing.Keys, key => step.CheckStored(run, key));
        }

        foreach (var (step, listing) in flow.Sinks.Zip(sinks))
        {
            Array.ForEach(listing.Keys, key => step.CheckStored(run, key));
        }
    }

    private void CheckPositions(PositionJson json)
    {
        foreach (var (stepId, fault) in flow.Sources.Select(step => (step.StepId, step.FindFault(json)))
            .Concat(flow.Sinks.Select(step => (step.StepId, step.FindFault(json)))))
        {
            if (fault is not null)
            {
                throw new FlowException(run.Flow, stepId, null, fault, null);
            }
        }
    }

    private static ResumeReport Report(IReadOnlyList<Listing> listings, IRecoveryExecution execution)
    {
        var listed = listings.SelectMany(static step => step.Keys.Select(key => (step.StepId, key))).ToHashSet();
        var steps = listings.Select(static step => step.StepId).ToHashSet(StringComparer.Ordinal);
        var known = execution.States.Where(state => steps.Contains(state.Step)).ToLookup(state => listed.Contains((state.Step, state.Partition)));
        return new ResumeReport(
            execution.Number, execution.LastEpoch,
            [.. known[true].Select(Name)],
            [.. known[false].Select(Name)],
            [.. execution.States.Select(static state => state.Step).Where(step => !steps.Contains(step)).Distinct(StringComparer.Ordinal)]);

        static string Name(StoredState state) => $"{state.Step}/{state.Partition}";
    }

    private void Distribute(List<Listing> sources, List<Listing> sinks)
    {
        for (var i = 0; i < flow.Sinks.Count; i++)
        {
            run.Sinks.Add(flow.Sinks[i], flow.Sinks[i].Make(run, sinks[i]));
        }

        run.AllSinks = [.. flow.Sinks.SelectMany(sink => run.Sinks[sink])];
        foreach (var _ in _watches)
        {
            run.Enter();
        }

        foreach (var listing in sources)
        {
            for (var i = 0; i < listing.Keys.Length; i++)
            {
                run.Enter();
            }
        }

        foreach (var worker in run.Workers)
        {
            worker.Post(new Begin(flow, sources));
        }

        foreach (var watch in _watches)
        {
            watch.Begin();
        }
    }

    /// <summary>On each worker's own thread: builds what is its own.</summary>
    private sealed class Begin(Dataflow flow, List<Listing> sources) : IWorkerMessage
    {
        public void Handle(Worker worker)
        {
            var context = worker.Context;
            var mine = flow.Sources.Zip(sources)
                .SelectMany(pair => pair.Second.KeysOf(context.WorkerIndex).Select(key => pair.First.Make(context, key)));
            var sinks = context.Run.AllSinks.Where(sink => sink.Worker == worker && sink.OpensAtStart);
            worker.Open([.. mine], sinks);
        }
    }
}
