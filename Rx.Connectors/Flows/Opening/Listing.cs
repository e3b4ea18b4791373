using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>What each worker lists of one step, and who has which partition.</summary>
internal sealed record Listing(string StepId, string[] Keys, int[] Owners)
{
    public IEnumerable<string> KeysOf(int worker) => Keys.Where((_, i) => Owners[i] == worker);

    /// <summary>Asks for every worker, beside the workers, for a limited time (Q4).</summary>
    public static async Task<IReadOnlySet<string>[]> AskAsync(
        RunContext run, string stepId, Func<int, CancellationToken, ValueTask<IReadOnlyList<string>>> list)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Aborted.Token);
        var lists = new IReadOnlySet<string>[run.Workers.Count];
        for (var worker = 0; worker < lists.Length; worker++)
        {
            lists[worker] = new HashSet<string>(await AskAsync(run, stepId, worker, list, stop).ConfigureAwait(false), StringComparer.Ordinal);
        }

        return lists;
    }

    private static async Task<IReadOnlyList<string>> AskAsync(
        RunContext run, string stepId, int worker, Func<int, CancellationToken, ValueTask<IReadOnlyList<string>>> list,
        CancellationTokenSource stop)
    {
        IReadOnlyList<string> keys;
        var token = stop.Token;
        // Beside the workers: a list that is slow must not keep its own timeout from being seen, nor must a worker that is busy.
        var listing = run.Clock.RunInBackground(() => list(worker, token).AsTask());
        // One that fails after its time has failed for nobody.
        listing.Observe();
        run.Listing = new ListingCall(stepId, listing.EndedAsync());
        try
        {
            keys = await listing.WaitAsync(run.Settings.ListTimeout, run.Background.ToTimeProvider()).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!listing.IsCompleted)
        {
            _ = stop.CancelBeside(run.Clock);
            // The error names it.
            run.Listing = null;
            throw new FlowException(
                run.Flow, stepId, null,
                $"its partitions were not listed within {run.Settings.ListTimeout}, the FlowOptions.ListTimeout", null);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(run.Flow, stepId, null, "its partitions could not be listed", null, error);
        }

        return PartitionKeys.FindFault(keys) is { } fault ? throw new FlowException(run.Flow, stepId, null, fault, null) : keys;
    }
}

/// <summary>A list that a step was asked for.</summary>
internal sealed record ListingCall(string StepId, Task Ended);
