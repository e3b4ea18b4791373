namespace Rx.Connectors.Testing;

/// <summary>Commits some positions and looks at what the client is told: S11.</summary>
internal sealed class AckCheck<T>(CheckContext<T> context)
{
    private static readonly TimeSpan _while = TimeSpan.FromSeconds(1);

    private readonly Findings _findings = context.Findings;

    public void Run()
    {
        if (context.Options.Acknowledged is not { } acknowledged || !context.Subject.HasPositions)
        {
            _findings.NotChecked(
                "S11", context.Subject.HasPositions ? "state Acknowledged, if it acknowledges" : "it has no positions to commit");
            return;
        }

        if (_findings.IsBroken("S2") || _findings.IsBroken("S5"))
        {
            _findings.NotChecked("S11", "its positions do not count what it hands out");
            return;
        }

        using var run = context.Open();
        var committed = 0;
        var polls = 0;
        run.AfterPoll = count =>
        {
            if (count == 0)
            {
                return;
            }

            Check(run, acknowledged, committed);
            if (++polls % 2 == 0)
            {
                context.Subject.Commit(run.Partition, context.Subject.Snapshot(run.Partition));
                committed = run.Items.Count;
                Check(run, acknowledged, committed);
            }
        };
        run.Start();
        Hosts.Eager(run);
        if (committed == 0)
        {
            _findings.NotChecked("S11", "there were not two batches with items");
        }
        else if (acknowledged() == 0)
        {
            _findings.Broken("S11", $"{committed} items are committed, and none is acknowledged");
        }
        else
        {
            _findings.Holds("S11", $"{acknowledged()} items acknowledged, never one before its commit");
        }
    }

    private void Check(SourceRun<T> run, Func<long> acknowledged, int committed)
    {
        run.Clock.Pass(context.IsReal ? _while / 100 : _while);
        if (acknowledged() is var told && told > committed)
        {
            _findings.Broken("S11", $"{told} items are acknowledged when {committed} of {run.Items.Count} are committed");
        }
    }
}
