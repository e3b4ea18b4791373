using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Closes every partition and the store of a run that has ended, and waits for them for a limited time.</summary>
internal sealed class RunClosing(
    RunTerms run, RunControl control, RunStore store, EpochCommits commits, WorkerTeam team, SinkTable sinks, RunOpening opening)
{
    // Of the time for closing, what the store has for itself where the others take all they can get.
    private const int StoreShare = 4;

    private readonly TaskCompletionSource _storeMayClose = new();
    private readonly SingleAssignmentDisposable _timer = new();

    /// <summary>Begins.</summary>
    /// <param name="done">Is told of what has not ended well.</param>
    public void Begin(Action<IReadOnlyList<CallOut>> done)
    {
        CallOut[] clients = [.. Clients()];
        // Last: whoever runs the flow next on this store is not to write beside what still writes here (K8), unless it takes too long.
        var all = Task.WhenAll(clients.Select(static one => one.Ended));
        _ = all.ContinueWith(
            (ended, _) =>
            {
                _ = ended.Exception;
                LetStoreClose();
            },
            null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var closeStore = new CallOut(() => StoreWork().Name, () => StoreWork().What, CloseLogAsync);
        new CallOuts(run.Clock, run.Options.CloseTimeout, [.. clients, closeStore]).Begin(left =>
        {
            _timer.Dispose();
            done(left);
        });
        if (!all.IsCompleted)
        {
            _timer.Disposable = run.Background.Schedule(run.Options.RestartCloseTimeout / StoreShare * (StoreShare - 1), LetStoreClose);
        }
    }

    private void LetStoreClose() => NoContext.Run(_storeMayClose, static one => one.TrySetResult());

    private IEnumerable<CallOut> Clients()
    {
        yield return new CallOut("cancellation", "a callback of the run's token", () => control.Cancelling);
        if (opening.LastListing is { } listing)
        {
            yield return new CallOut(listing.StepId, "listing its partitions", () => listing.Ended);
        }

        var sources = team.Workers.SelectMany(static worker => worker.Sources.All).ToArray();
        foreach (var source in sources.Where(static one => one.Signals.IsSubscribed))
        {
            yield return Call(source, "unsubscribing from Available", source.Signals.Unsubscribe);
        }

        foreach (var watch in opening.Watches)
        {
            yield return new CallOut(watch.StepId, "unsubscribing from PartitionChanges", watch.End);
        }

        foreach (var source in sources)
        {
            yield return Call(source, "closing", source.Close);
        }

        foreach (var sink in sinks.All)
        {
            yield return Call(sink, Doing.Flushing, () => sink.LastFlush);
            yield return Call(sink, "closing", sink.Close);
        }

        foreach (var worker in team.Workers)
        {
            var context = worker.Context;
            yield return new CallOut(
                () => context.Calls.Doing?.Name ?? $"worker {context.Index}", () => context.Calls.Doing?.What ?? "its last round", () => worker.LastTurn);
        }
    }

    private static CallOut Call(SourceRunner of, string what, Action call) => new($"{of.StepId}/{of.Partition}", what, call);

    private static CallOut Call(IPartitionRunner of, string what, Func<Task> call) => new($"{of.StepId}/{of.Partition}", what, call);

    // A flush that a commit waits for is its sink's.
    private (string Name, string What) StoreWork() =>
        !store.Opening.IsCompleted ? (Doing.RecoveryStore, "opening")
        : commits.Last.IsCompleted ? (Doing.RecoveryStore, "closing")
        : commits.UnderWay is { } doing ? (doing.Name, doing.What)
        : (Doing.RecoveryStore, Doing.Storing);

    private async Task CloseLogAsync()
    {
        try
        {
            await store.Opening.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // There is nothing to close, and the run says why.
        }

        if (store.Log is { } log)
        {
            // The store does one thing at a time.
            await commits.Last.ConfigureAwait(false);
            await _storeMayClose.Task.ConfigureAwait(false);
            await log.CloseAsync().ConfigureAwait(false);
        }
    }
}
