using System.Reactive;
using System.Reactive.Disposables;

namespace Rx.Connectors.Flows;

/// <summary>Follows the partitions of a source that come and go while the flow runs (Q4).</summary>
internal sealed class PartitionWatch(
    RunTerms run, RunControl control, OpenSources open, WorkerTeam team, Lister lister, ISourceStep step, IObservable<Unit> changes,
    Func<int, ISourceMaker> makerOf)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _present = new(StringComparer.Ordinal);
    private readonly SingleAssignmentDisposable _subscription = new();
    private bool _isAsking;
    private bool _askAgain;
    private bool _isOver;

    public string StepId => step.StepId;

    public static FlowException Failed(RunTerms run, ISourceStep step, Exception error) =>
        new(run.Flow, step.StepId, null, "its partition changes failed", null, error);

    public void Know(Listing listing)
    {
        for (var i = 0; i < listing.Keys.Length; i++)
        {
            _owners[listing.Keys[i]] = listing.Owners[i];
            _present.Add(listing.Keys[i]);
        }
    }

    public void Begin()
    {
        // What has changed since the partitions were listed was signalled to nobody: it is asked for first, and what comes while it is
        // subscribed to, the end too, waits for that answer.
        _isAsking = true;
        try
        {
            _subscription.Disposable = changes.Subscribe(_ => Look(), error => control.Fail(Failed(run, step, error)), NoMore);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error) && !_isOver)
        {
            throw Failed(run, step, error);
        }
        catch (Exception) when (_isOver)
        {
            // They are complete; that they cannot be unsubscribed from changes nothing.
        }

        _ = AskAsync();
    }

    public void End()
    {
        try
        {
            _subscription.Dispose();
        }
        catch (Exception)
        {
            // It is not listened to any more, and everything else has still to be closed.
        }
    }

    private void NoMore()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_isAsking)
            {
                return;
            }
        }

        open.Leave();
    }

    // One list at a time; signals that come meanwhile lead to one more.
    private void Look()
    {
        lock (_gate)
        {
            if (_isAsking)
            {
                _askAgain = true;
                return;
            }

            _isAsking = true;
        }

        _ = AskAsync();
    }

    private async Task AskAsync()
    {
        try
        {
            do
            {
                Compare(await lister.AskAsync(step.StepId, step.ListAsync).ConfigureAwait(false));
            }
            while (!control.HasEnded && !IsAnswered());
        }
        catch (Exception error)
        {
            control.Fail(error);
        }
    }

    private bool IsAnswered()
    {
        bool isOver;
        lock (_gate)
        {
            if (_askAgain)
            {
                _askAgain = false;
                return false;
            }

            // Decided here, or the last signal's end could be counted twice: by it and by this.
            _isAsking = false;
            isOver = _isOver;
        }

        if (isOver)
        {
            open.Leave();
        }

        return true;
    }

    private void Compare(IReadOnlySet<string>[] listed)
    {
        var keys = PartitionKeys.Merge(listed);
        foreach (var gone in _present.Except(keys).ToArray())
        {
            _present.Remove(gone);
            team.Workers[_owners[gone]].Post(new Remove(step.StepId, gone));
        }

        // One that comes back goes to the worker that has its position.
        var load = new int[team.Workers.Count];
        foreach (var key in _present)
        {
            load[_owners[key]]++;
        }

        var come = keys.Where(key => !_present.Contains(key)).ToArray();
        var unknown = come.Where(key => !_owners.ContainsKey(key)).ToArray();
        var owners = Primaries.Assign(unknown, listed, load);
        for (var i = 0; i < unknown.Length; i++)
        {
            _owners[unknown[i]] = owners[i];
        }

        foreach (var key in come)
        {
            _present.Add(key);
            open.Enter();
        }

        foreach (var mine in come.GroupBy(key => _owners[key]))
        {
            team.Workers[mine.Key].Post(new Add([.. mine.Select(key => (makerOf(mine.Key), key))]));
        }
    }

    private sealed class Remove(string stepId, string partition) : IWorkerMessage
    {
        public void Handle(Worker worker) => worker.Sources.Remove(stepId, partition);
    }

    private sealed class Add((ISourceMaker Maker, string Partition)[] coming) : IWorkerMessage
    {
        public void Handle(Worker worker) => worker.Sources.Add(coming);
    }
}
