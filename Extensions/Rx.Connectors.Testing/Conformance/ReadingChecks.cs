namespace Rx.Connectors.Testing;

/// <summary>Reads a source in several ways and compares: S2, S4, S7, S8, S12.</summary>
internal sealed class ReadingChecks<T>(CheckContext<T> context)
{
    private readonly Findings _findings = context.Findings;

    /// <summary>What a host gets that polls all the time.</summary>
    public SourceRun<T> Eager { get; private set; } = null!;

    /// <summary>Whether two runs of the same host give the same.</summary>
    public bool Repeats { get; private set; }

    public void Run()
    {
        Eager = context.Read(Hosts.Eager);
        var again = context.Read(Hosts.Eager);
        Repeats = Compare(Eager.Items, again.Items).IsNone;
        var expected = context.Options.Expected ?? Sent();
        if (!Repeats && expected is null)
        {
            foreach (var rule in new[] { "S2", "S5", "S8", "S12", "S13" })
            {
                _findings.NotChecked(rule, "two runs of the same host gave different items: let the client repeat, or state Expected");
            }

            CheckShape([Eager, again]);
            return;
        }

        var all = expected ?? Eager.Items;
        Judge(Eager, all, "a host that polls all the time");
        var obedient = context.Read(Hosts.Obedient);
        CheckWakes(obedient, all);
        SourceRun<T>[] runs = [Eager, again, obedient];
        if (!context.IsReal)
        {
            var late = context.Read(Hosts.Late);
            if (late.End != RunEnd.Failed || Eager.End == RunEnd.Failed)
            {
                Judge(late, all, "a host that polls late");
            }

            runs = [.. runs, late];
        }

        CheckShape(runs);
        CheckDelay(obedient);
        var told = $"{all.Count} items, read by {(context.IsReal ? "2" : "3")} hosts" +
            (expected is null ? ", compared with one another: state Expected to see what is lost always" : "");
        _findings.Holds("S2", told);
        _findings.Holds("S12", told);
    }

    private List<T>? Sent() => context.Subject.Item is { } item
        ? [.. Enumerable.Range(0, context.Options.Items).Select(item)] : null;

    private Difference<T> Compare(IReadOnlyList<T> expected, IReadOnlyList<T> actual) => new(expected, actual, context.Keys);

    private void Judge(SourceRun<T> run, IReadOnlyList<T> all, string host)
    {
        if (run.End == RunEnd.Failed && context.Subject.Item is not null)
        {
            _findings.Broken("S2", $"{host} read {run.Items.Count} items, then it failed though its client did not: {run.Error}");
            return;
        }

        // What has no end is expected to begin like this.
        var difference = run.End == RunEnd.Enough
            ? Compare([.. all.Take(run.Items.Count)], [.. run.Items.Take(all.Count)]) : Compare(all, run.Items);
        if (difference.IsNone)
        {
            return;
        }

        var rule = difference switch
        {
            { IsCutShort: true } when run.End == RunEnd.Completed => "S4",
            { IsCutShort: true } when run.End == RunEnd.Failed => "S3",
            { Lost.Count: 0, Extra.Count: 0 } => "S12",
            _ => "S2",
        };
        _findings.Broken(rule, $"{host}: {difference}");
    }

    private void CheckWakes(SourceRun<T> run, IReadOnlyList<T> all)
    {
        if (run.End == RunEnd.Quiet && (run.Items.Count < Eager.Items.Count || Eager.End != RunEnd.Quiet))
        {
            _findings.Broken(
                "S8", $"polled when NextAwake and Available ask for it, it stays asleep after {run.Items.Count} items; polled all the " +
                $"time it gives {Eager.Items.Count}{(Eager.End == RunEnd.Quiet ? "" : " and ends")}");
            return;
        }

        Judge(run, all, "a host that polls when asked to");
        _findings.Holds("S8", run.Partition.Available is null && run.Partition.NextAwake is null
            ? "offers neither NextAwake nor Available: it is polled every millisecond" : "polled only when asked to");
    }

    private void CheckShape(IEnumerable<SourceRun<T>> runs)
    {
        if (context.Options.MaxBatchSize is not { } most)
        {
            _findings.NotChecked("S7", "state MaxBatchSize");
            return;
        }

        var largest = runs.Max(static run => run.Largest);
        if (largest > most)
        {
            _findings.Broken("S7", $"a batch has {largest} items, and MaxBatchSize is {most}");
        }

        _findings.Holds("S7", $"1 to {most} items, the largest batch {largest}");
    }

    private void CheckDelay(SourceRun<T> run)
    {
        if (context.Options.MaxBatchDelay is not { } most || run.Script is not { } script || _findings.IsBroken("S8"))
        {
            _findings.NotChecked("S7", "MaxBatchDelay, which takes a scripted client and a stated MaxBatchDelay");
            return;
        }

        if (context.Options.Expected is not null || run.Items.Count != script.DeliveredAt.Count)
        {
            _findings.NotChecked("S7", "MaxBatchDelay, which takes one item for each that the client sends");
            return;
        }

        for (var i = 0; i < run.At.Count; i++)
        {
            if (run.At[i] - script.DeliveredAt[i] is var held && held > most && !context.IsReal)
            {
                _findings.Broken("S7", $"item {i} is held back for {held}, and MaxBatchDelay is {most}");
            }
        }

        _findings.Holds("S7", $"held back at most {most}");
    }
}
