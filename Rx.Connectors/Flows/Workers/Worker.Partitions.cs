namespace Rx.Connectors.Flows;

/// <summary>The worker's partitions: built, let go, and held back while too much of them is on its way.</summary>
internal sealed partial class Worker
{
    /// <summary>Builds what the run begins with. All of it, before any of it is polled.</summary>
    public void Open(IReadOnlyList<SourceRunner> sources, IEnumerable<ISinkRunner> sinks)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            sources[i].Order = i;
            Know(sources[i]);
        }

        // Known before they are built: they are closed with the others also where one cannot be.
        _runners = [.. sources];
        foreach (var sink in sinks)
        {
            if (!_run.HasEnded)
            {
                sink.Open();
            }
        }

        foreach (var runner in sources)
        {
            OrRestart(runner, () => _ = TryBuild(runner));
        }

        foreach (var runner in sources.Where(static runner => runner.IsBuilt))
        {
            OrRestart(runner, () => Start(runner));
        }

        _run.Epochs.Opened();
        _run.Leave();
    }

    /// <summary>
    /// Takes partitions that have come while the run goes on. One of a key that is still being read, or its end still being
    /// committed, comes after the next commit.
    /// </summary>
    public void Add(IReadOnlyList<(ISourceStep Step, string Partition)> coming)
    {
        var runners = new List<SourceRunner>();
        foreach (var (step, partition) in coming)
        {
            if (_byKey.ContainsKey((step.StepId, partition)))
            {
                _later.Add((step, partition));
            }
            else
            {
                var runner = step.Make(context, partition);
                Know(runner);
                runners.Add(runner);
            }
        }

        if (runners.Count > 0)
        {
            _runners = RoundOrder.Insert(_runners, runners);
            runners.ForEach(Begin);
        }
    }

    /// <summary>Lets go of a partition that is no longer listed. Its position is committed first.</summary>
    public void Remove(string stepId, string partition)
    {
        if (_later.RemoveAll(coming => coming.Step.StepId == stepId && coming.Partition == partition) > 0)
        {
            // It was to come back, and goes before it could.
            _run.Leave();
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
        if (_run.HasEnded || runner.IsComplete)
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

    /// <summary>A batch of a source partition is on its way.</summary>
    public void Sent(SourceRunner runner)
    {
        _onTheWay++;
        runner.OnTheWay++;
    }

    /// <summary>A batch of a source partition is written.</summary>
    public void Confirmed(SourceRunner runner)
    {
        _onTheWay--;
        runner.OnTheWay--;
        if (runner.DueLater != long.MaxValue && !IsHeldBack(runner))
        {
            var due = runner.DueLater;
            runner.DueLater = long.MaxValue;
            Due(runner, due);
        }
    }

    private void Know(SourceRunner runner)
    {
        _notClosed.Add(runner);
        _byKey.Add((runner.StepId, runner.Partition), runner);
    }

    // A run may end while a partition is built, and whoever closes the others then does not see this one.
    private bool TryBuild(SourceRunner runner)
    {
        if (_run.HasEnded)
        {
            return false;
        }

        runner.Build();
        // What is built must be seen by whoever closes, or the end by whoever builds.
        Interlocked.MemoryBarrier();
        if (_run.HasEnded)
        {
            _ = runner.ClosePartitionBeside();
            return false;
        }

        return true;
    }

    private void Start(SourceRunner runner)
    {
        if (_run.HasEnded)
        {
            return;
        }

        runner.Start();
        runner.Subscribe();
        if (_run.HasEnded)
        {
            runner.UnsubscribeBeside();
            return;
        }

        Due(runner, runner.NextAwake?.UtcTicks ?? 0);
    }

    private void Due(SourceRunner runner, long at)
    {
        // One that is to be built again may still be signalled by what was before.
        if (runner.IsComplete || !runner.IsBuilt)
        {
            return;
        }

        if (IsHeldBack(runner))
        {
            runner.DueLater = Math.Min(runner.DueLater, at);
        }
        else
        {
            _agenda.Put(runner, at);
        }
    }

    private bool IsHeldBack(SourceRunner runner) => runner.OnTheWay >= _run.Settings.ExchangeCapacity;

    private void Complete(SourceRunner runner)
    {
        runner.IsComplete = true;
        runner.UnsubscribeBeside();
        _ends++;
        // That of the last one is the last epoch.
        _run.Leave();
    }

    // An end is committed, and only then is the partition closed (P5).
    private void CloseEpochOfEnds()
    {
        if (_ends > 0)
        {
            _ends = 0;
            _run.Epochs.Request();
        }
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
}
