using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>Opens the recovery store of a run, and sees to it that every position in it can be read (P11).</summary>
internal sealed class StoreOpening(FlowPlan plan, RunTerms run, RunControl control, RunStore store)
{
    // At the start of the run: whoever gave the serializer's options may change them later.
    private readonly PositionJson? _json = run.Options.Recovery is { } options ? new PositionJson(options.Serializer) : null;

    /// <summary>Opens it, if there is one.</summary>
    /// <param name="sources">The partitions of the sources, in the order of the plan.</param>
    /// <param name="sinks">Those of the sinks.</param>
    public async Task RunAsync(IReadOnlyList<Listing> sources, IReadOnlyList<Listing> sinks)
    {
        if (run.Options.Recovery is not { } recovery || _json is null)
        {
            return;
        }

        CheckPositions(_json);
        try
        {
            // Whoever closes the run meanwhile waits for this: a store that is opened after it would never be closed. A task of its
            // own, since of two that await the same one the framework sends one to another thread (F6).
            var opened = new TaskCompletionSource();
            store.Opening = opened.Task;
            try
            {
                await OpenAsync(recovery, _json, [.. sources, .. sinks]).ConfigureAwait(false);
            }
            finally
            {
                opened.SetResult();
            }
        }
        catch (Exception error)
        {
            throw new FlowException(run.Flow, null, null, "its stored positions could not be loaded", "F3", error);
        }

        CheckStored(sources, sinks);
        if (!control.HasEnded)
        {
            Tell(recovery);
        }
    }

    private async Task OpenAsync(RecoveryOptions recovery, PositionJson json, IReadOnlyList<Listing> listings)
    {
        var execution = await recovery.Store.OpenAsync(run.Flow, recovery.TakeOver, control.Aborted).ConfigureAwait(false);
        try
        {
            store.Open(new PositionLog(execution, recovery, json, run.Clock), Report(listings, execution));
        }
        finally
        {
            // Also where what the store has given makes no sense: it must not take the run for alive.
            if (store.Log is not { } opened)
            {
                await execution.DisposeAsync().ConfigureAwait(false);
            }
            else if (control.HasEnded)
            {
                await opened.CloseAsync().ConfigureAwait(false);
            }
        }
    }

    private void Tell(RecoveryOptions recovery)
    {
        try
        {
            recovery.OnResume?.Invoke(store.Resume!);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(run.Flow, null, null, "RecoveryOptions.OnResume has refused to go on", null, error);
        }
    }

    // All of them, before the first partition is built: building a sink may cut what was written.
    private void CheckStored(IReadOnlyList<Listing> sources, IReadOnlyList<Listing> sinks)
    {
        foreach (var (step, listing) in plan.Sources.Zip(sources))
        {
            Array.ForEach(listing.Keys, key => step.CheckStored(run.Flow, store, key));
        }

        foreach (var (step, listing) in plan.Sinks.Zip(sinks))
        {
            Array.ForEach(listing.Keys, key => step.CheckStored(run.Flow, store, key));
        }
    }

    private void CheckPositions(PositionJson json)
    {
        foreach (var (stepId, fault) in plan.Sources.Select(step => (step.StepId, step.FindFault(json)))
            .Concat(plan.Sinks.Select(step => (step.StepId, step.FindFault(json)))))
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
        return new ResumeReport
        {
            Execution = execution.Number,
            Epoch = execution.LastEpoch,
            Resumed = [.. known[true].Select(Name)],
            OrphanedPartitions = [.. known[false].Select(Name)],
            UnknownSteps =
                [.. execution.States.Select(static state => state.Step).Where(step => !steps.Contains(step)).Distinct(StringComparer.Ordinal)],
        };

        static string Name(StoredPosition state) => $"{state.Step}/{state.Partition}";
    }
}
