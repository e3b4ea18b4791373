namespace Rx.Connectors.Flows;

/// <summary>Makes what polls a partition.</summary>
internal interface ISourceMaker
{
    string StepId { get; }

    SourceRunner Make(string partition);
}

/// <summary>The source partitions of a worker: built, completed, and closed when their end is committed (P5).</summary>
internal sealed class WorkerSources(WorkerContext worker, RunEpochs epochs, OpenSources open, DueSources due)
{
    // An epoch is closed at once when one in so many has ended, for fewer at the end of the round.
    private const int EndsShare = 16;

    private readonly List<SourceRunner> _notClosed = [];
    private readonly Dictionary<(string StepId, string Partition), SourceRunner> _byKey = [];
    private readonly List<(ISourceMaker Maker, string Partition)> _later = [];
    private volatile SourceRunner[] _all = [];
    private int _ends;

    /// <summary>All so far. May be read from any thread.</summary>
    public IReadOnlyList<SourceRunner> All => _all;

    /// <summary>Takes what the run begins with. Nothing of it is built yet.</summary>
    public void Take(IReadOnlyList<SourceRunner> sources)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            sources[i].Order = i;
            Know(sources[i]);
        }

        // Known before they are built: they are closed with the others also where one cannot be.
        _all = [.. sources];
    }

    /// <summary>Builds what the run begins with. All of it, before any of it is polled.</summary>
    public void BuildAll()
    {
        foreach (var runner in _all)
        {
            OrRestart(runner, () => _ = TryBuild(runner));
        }

        foreach (var runner in _all.Where(static runner => runner.IsBuilt))
        {
            OrRestart(runner, () => Start(runner));
        }
    }

    /// <summary>
    /// Takes partitions that have come while the run goes on. One of a key that is still being read, or its end still being
    /// committed, comes after the next commit.
    /// </summary>
    public void Add(IReadOnlyList<(ISourceMaker Maker, string Partition)> coming)
    {
        var runners = new List<SourceRunner>();
        foreach (var (maker, partition) in coming)
        {
            if (_byKey.ContainsKey((maker.StepId, partition)))
            {
                _later.Add((maker, partition));
            }
            else
            {
                var runner = maker.Make(partition);
                Know(runner);
                runners.Add(runner);
            }
        }

        if (runners.Count > 0)
        {
            _all = RoundOrder.Insert(_all, runners);
            runners.ForEach(Begin);
        }
    }

    /// <summary>Lets go of a partition that is no longer listed. Its position is committed first.</summary>
    public void Remove(string stepId, string partition)
    {
        if (_later.RemoveAll(coming => coming.Maker.StepId == stepId && coming.Partition == partition) > 0)
        {
            // It was to come back, and goes before it could.
            open.Leave();
        }

        if (_byKey.GetValueOrDefault((stepId, partition)) is { IsComplete: false } gone)
        {
            Complete(gone);
            CloseEpochOfEnds();
        }
    }

    /// <summary>Builds a partition anew or again, while the run goes on.</summary>
    public void Begin(SourceRunner runner)
    {
        if (worker.HasEnded || runner.IsComplete)
        {
            return;
        }

        OrRestart(runner, () =>
        {
            if (TryBuild(runner))
            {
                Start(runner);
            }
        });
    }

    /// <summary>It is not polled any more.</summary>
    public void Complete(SourceRunner runner)
    {
        runner.IsComplete = true;
        runner.Signals.UnsubscribeBeside();
        _ends++;
        // That of the last one is the last epoch.
        open.Leave();
    }

    /// <summary>Closes an epoch for many that end together: one for each would cost the square of them, for an epoch costs as much as
    /// there are partitions.</summary>
    public void CloseEpochOfManyEnds()
    {
        if (_ends * EndsShare >= _notClosed.Count)
        {
            CloseEpochOfEnds();
        }
    }

    /// <summary>An end is committed, and only then is the partition closed (P5).</summary>
    public void CloseEpochOfEnds()
    {
        if (_ends > 0)
        {
            _ends = 0;
            epochs.Request();
        }
    }

    /// <summary>Puts what has changed into a cut, and all ends so far with it.</summary>
    public void Capture(EpochCut cut)
    {
        _ends = 0;
        foreach (var runner in _notClosed)
        {
            runner.EndIsCaptured = runner.IsComplete;
            cut.Add(runner.Capture());
        }
    }

    /// <summary>The epoch is durable: partitions hear of it, and those whose end it holds are closed (P5).</summary>
    public void Committed()
    {
        foreach (var runner in _notClosed)
        {
            runner.Committed();
            if (runner.EndIsCaptured)
            {
                LetGo(runner);
            }
        }

        _notClosed.RemoveAll(static runner => runner.IsLetGo);
        AddLater();
    }

    /// <summary>Somebody has set the clock.</summary>
    public void AskAnew(long now, long unset)
    {
        foreach (var runner in _notClosed)
        {
            OrRestart(runner, () => due.AskAnew(runner, now, unset));
        }
    }

    private void LetGo(SourceRunner runner)
    {
        var called = runner.CloseBeside();
        if (called.IsCompleted)
        {
            _byKey.Remove((runner.StepId, runner.Partition));
            return;
        }

        // Until the client has been called, nothing else is built for its partition.
        _ = called.ContinueWith(
            _ => worker.Worker.Post(new Closed(runner)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void AddLater()
    {
        // Here and now: what is in the queue already may be that one of them goes again.
        var coming = _later.ToArray();
        _later.Clear();
        Add(coming);
    }

    private void Know(SourceRunner runner)
    {
        _notClosed.Add(runner);
        _byKey.Add((runner.StepId, runner.Partition), runner);
    }

    // A run may end while a partition is built, and whoever closes the others then does not see this one.
    private bool TryBuild(SourceRunner runner)
    {
        if (worker.HasEnded)
        {
            return false;
        }

        runner.Build();
        // What is built must be seen by whoever closes, or the end by whoever builds.
        Interlocked.MemoryBarrier();
        if (worker.HasEnded)
        {
            _ = runner.ClosePartitionBeside();
            return false;
        }

        return true;
    }

    private void Start(SourceRunner runner)
    {
        if (worker.HasEnded)
        {
            return;
        }

        runner.Start();
        runner.Subscribe();
        if (worker.HasEnded)
        {
            runner.Signals.UnsubscribeBeside();
            return;
        }

        due.Put(runner, runner.NextAwake?.UtcTicks ?? 0);
    }

    private static void OrRestart(SourceRunner runner, Action begin)
    {
        try
        {
            begin();
        }
        catch (FlowException error)
        {
            if (!runner.Restart(error))
            {
                throw;
            }
        }
    }

    private sealed class Closed(SourceRunner runner) : IWorkerMessage
    {
        public void Handle(Worker worker)
        {
            worker.Sources._byKey.Remove((runner.StepId, runner.Partition));
            worker.Sources.AddLater();
        }
    }
}
