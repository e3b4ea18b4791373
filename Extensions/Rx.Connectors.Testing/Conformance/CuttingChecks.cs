namespace Rx.Connectors.Testing;

/// <summary>Cut anywhere: S5, and what is lost or repeated when a run goes on from a stored position.</summary>
internal sealed class CuttingChecks<T>(CheckContext<T> context, SourceRun<T> uncut)
{
    private readonly Findings _findings = context.Findings;
    private readonly HashSet<(int Count, string Position)> _cuts = [];
    private int _mostLost;
    private int _mostExtra;

    public void Run()
    {
        if (!context.Subject.HasPositions)
        {
            _findings.NotChecked("S5", "it has no positions");
            _findings.Guarantee = "no positions, so that a restart begins where the client does";
            return;
        }

        Cut(Hosts.Eager, mustBeSame: true);
        if (!context.IsReal)
        {
            Cut(Hosts.Late, mustBeSame: false);
        }

        _findings.Holds("S5", $"cut at {_cuts.Count} positions, each through JSON");
        _findings.Guarantee = (_mostLost, _mostExtra) switch
        {
            (0, 0) => "exactly once",
            (0, _) => $"at least once, at most {_mostExtra} repeated",
            (_, 0) => $"loses up to {_mostLost}",
            _ => $"loses up to {_mostLost} and repeats up to {_mostExtra}",
        };
    }

    private void Cut(Action<SourceRun<T>> host, bool mustBeSame)
    {
        var taken = new List<(object Position, string Text)>();
        using var run = context.Open();
        Take(run, taken);
        run.Start();
        Take(run, taken);
        run.AfterPoll = count =>
        {
            if (count > 0)
            {
                Take(run, taken);
            }
        };
        host(run);
        if (run.End != RunEnd.Failed)
        {
            Take(run, taken);
        }

        if (taken.Exists(one => context.Subject.Write(one.Position) != one.Text))
        {
            _findings.Broken("S5", "a snapshot has changed after it was taken: a position must be an immutable value");
        }

        if (mustBeSame && !new Difference<T>(uncut.Items, run.Items, context.Keys).IsNone)
        {
            _findings.Broken("S5", "a run of which snapshots are taken does not give the same items: Snapshot must change nothing");
        }
    }

    private void Take(SourceRun<T> run, List<(object Position, string Text)> taken)
    {
        var position = context.Subject.Snapshot(run.Partition);
        var text = context.Subject.Write(position);
        taken.Add((position, text));
        if (context.Subject.Write(context.Subject.Snapshot(run.Partition)) is var again && again != text)
        {
            _findings.Broken("S5", $"two snapshots without a poll in between differ: {text} and {again}");
        }

        if (context.Subject.RoundTrip(text) is var read && read != text)
        {
            _findings.Broken("S5", $"the position {text} comes back from JSON as {read}");
            return;
        }

        if (_cuts.Add((run.Items.Count, text)))
        {
            Resume([.. run.Items], text);
        }
    }

    private void Resume(List<T> head, string position)
    {
        var left = uncut.Items.Count - head.Count;
        var isOpen = uncut.End == RunEnd.Enough || (uncut.End == RunEnd.Quiet && context.IsReal);
        if (isOpen && left <= 0)
        {
            return;
        }

        var tail = context.Read(Hosts.Eager, position, most: isOpen ? left : int.MaxValue);
        // The last batch of one without an end may reach further than the uncut run's.
        var all = head.Concat(tail.Items);
        var difference = new Difference<T>(uncut.Items, [.. isOpen ? all.Take(uncut.Items.Count) : all], context.Keys);
        if (difference.IsNone)
        {
            return;
        }

        _mostLost = Math.Max(_mostLost, difference.Lost.Count);
        _mostExtra = Math.Max(_mostExtra, difference.Extra.Count);
        var failed = tail.End == RunEnd.Failed && uncut.End != RunEnd.Failed ? $" ({tail.Error!.Message})" : "";
        _findings.Broken("S5", $"cut after {head.Count} items at the position {position}: {difference}{failed}");
    }
}
