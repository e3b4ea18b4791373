using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>A list that a step was asked for.</summary>
internal sealed record ListingCall(string StepId, Task Ended);

/// <summary>Asks steps for their partitions, beside the workers and for a limited time (Q4).</summary>
internal sealed class Lister(RunTerms run, RunControl control)
{
    private volatile ListingCall? _last;

    /// <summary>The last list that was asked for; null if the error names it.</summary>
    public ListingCall? Last => _last;

    /// <summary>Asks for every worker.</summary>
    /// <param name="stepId">Who is asked.</param>
    /// <param name="list">Asks for a worker, of so many.</param>
    /// <returns>What each lists.</returns>
    public async Task<IReadOnlySet<string>[]> AskAsync(
        string stepId, Func<int, int, CancellationToken, ValueTask<IReadOnlyList<string>>> list)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(control.Aborted);
        var lists = new IReadOnlySet<string>[run.Options.Workers];
        for (var worker = 0; worker < lists.Length; worker++)
        {
            var asked = worker;
            var keys = await AskAsync(stepId, token => list(asked, lists.Length, token), stop).ConfigureAwait(false);
            lists[worker] = new HashSet<string>(keys, StringComparer.Ordinal);
        }

        return lists;
    }

    private async Task<IReadOnlyList<string>> AskAsync(
        string stepId, Func<CancellationToken, ValueTask<IReadOnlyList<string>>> list, CancellationTokenSource stop)
    {
        IReadOnlyList<string> keys;
        var token = stop.Token;
        // Beside the workers: a list that is slow must not keep its own timeout from being seen, nor must a worker that is busy.
        var listing = run.Clock.RunInBackground(() => list(token).AsTask());
        // One that fails after its time has failed for nobody.
        listing.Observe();
        _last = new ListingCall(stepId, listing.EndedAsync());
        try
        {
            keys = await listing.WaitAsync(run.Options.ListTimeout, run.Background.ToTimeProvider()).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!listing.IsCompleted)
        {
            _ = stop.CancelBeside(run.Clock);
            // The error names it.
            _last = null;
            throw new FlowException(
                run.Flow, stepId, null,
                $"its partitions were not listed within {run.Options.ListTimeout}, the FlowOptions.ListTimeout", null);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(run.Flow, stepId, null, "its partitions could not be listed", null, error);
        }

        return PartitionKeys.FindFault(keys) is { } fault ? throw new FlowException(run.Flow, stepId, null, fault, null) : keys;
    }
}
