namespace Rx.Connectors.Testing;

/// <summary>What comes after the last item: S3, S4 and S10.</summary>
internal sealed class EndingChecks<T>(CheckContext<T> context)
{
    private const int Polls = 3;

    private readonly Findings _findings = context.Findings;

    public void Run()
    {
        CheckEnd(context.Script(), Hosts.Eager);
        if (context.Subject.Item is not null)
        {
            CheckEnd(context.Script(ClientEnd.Fails), Hosts.Eager);
            if (!context.IsReal)
            {
                CheckEnd(context.Script(ClientEnd.Fails), Hosts.Late);
            }
        }

        if (!_findings.IsBroken("S10"))
        {
            CheckClosed();
        }
    }

    private void CheckEnd(ConformanceScript<T>? script, Action<SourceRun<T>> host)
    {
        // Further than elsewhere: a source of exactly as many items as were to be read does end.
        using var run = context.Open(script: script, most: context.Most == int.MaxValue ? null : 2 * context.Most);
        run.Start();
        host(run);
        if (script?.End == ClientEnd.Fails)
        {
            CheckFailure(run, script);
        }

        switch (run.End)
        {
            case RunEnd.Completed:
                CheckRepeats(run, "S4", static (last, _) => last == RunEnd.Completed, "it completed, and a later poll did not");
                CheckSurplus(run);
                _findings.Holds("S4", $"{run.Items.Count} items, then null at each of {Polls} polls");
                break;
            case RunEnd.Failed:
                CheckRepeats(
                    run, "S3", (last, error) => last == RunEnd.Failed && error?.GetType() == run.Error!.GetType(),
                    "it failed, and a later poll did not fail the same way");
                _findings.Holds("S3", $"{run.Items.Count} items, then {TypeNames.Of(run.Error!)} at each of {Polls} polls");
                break;
            default:
                _findings.NotChecked("S4", $"it had not ended after {run.Items.Count} items; give it a client that ends");
                break;
        }

        if (script is null)
        {
            _findings.NotChecked("S3", "its client did not fail; give one that does, or use OverStream or OverObservable");
        }
    }

    private void CheckSurplus(SourceRun<T> run)
    {
        if (context.Options.Expected is { } all && run.Items.Count > all.Count)
        {
            _findings.Broken("S2", $"{run.Items.Count} items up to its end: {new Difference<T>(all, run.Items, context.Keys)}");
        }
    }

    private void CheckFailure(SourceRun<T> run, ConformanceScript<T> script)
    {
        var all = context.Options.Expected ?? [.. Enumerable.Range(0, script.Count).Select(context.Subject.Item!)];
        if (run.End == RunEnd.Completed || run.End == RunEnd.Quiet)
        {
            _findings.Broken("S3", $"its client failed, and it {(run.End == RunEnd.Completed ? "completed" : "did not")}");
        }
        else if (new Difference<T>(all, run.Items, context.Keys) is { IsCutShort: true } difference)
        {
            _findings.Broken("S3", $"before the client's error: {difference}");
        }
    }

    private void CheckRepeats(SourceRun<T> run, string rule, Func<RunEnd?, Exception?, bool> isSame, string text)
    {
        var count = run.Items.Count;
        for (var i = 0; i < Polls; i++)
        {
            run.Clock.Pass(TimeSpan.FromMilliseconds(5));
            var (end, error) = run.PollAgain();
            if (!isSame(end, error) || run.Items.Count != count)
            {
                _findings.Broken(rule, $"{text}, but {(end == RunEnd.Completed ? "completed" : error is null ? "gave a batch" : $"threw {TypeNames.Of(error)}: {error.Message}")}");
                return;
            }
        }
    }

    private void CheckClosed()
    {
        // Before the start, in the middle and at the end; twice, and by the other way, too.
        foreach (var polls in new[] { -1, 0, 2, int.MaxValue })
        {
            using var run = context.Open();
            if (polls >= 0)
            {
                run.Start();
                var left = polls;
                run.AfterPoll = _ => run.Finish(left-- <= 0 ? RunEnd.Enough : null);
                Hosts.Eager(run);
            }

            Close(run);
        }

        _findings.Holds("S10", "disposed before the start, in the middle and at the end, three times each");
    }

    private void Close(SourceRun<T> run)
    {
        try
        {
            run.Partition.Dispose();
            run.Partition.Dispose();
            var closed = run.Partition.DisposeAsync().AsTask();
            for (var i = 0; i < 100 && !closed.IsCompleted; i++)
            {
                run.Clock.Pass(TimeSpan.FromMilliseconds(100));
            }

            if (!closed.IsCompleted)
            {
                _findings.Broken("S10", "DisposeAsync does not end");
                return;
            }

#pragma warning disable VSTHRD002 // It has ended.
            closed.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (Exception error) when (error is not EscapedWorkException)
        {
            _findings.Broken("S10", $"Dispose threw {TypeNames.Of(error)}: {error.Message}");
            return;
        }

        Refused("NextBatch", () => run.Partition.NextBatch());
        if (context.Subject.HasPositions)
        {
            Refused("Snapshot", () => context.Subject.Snapshot(run.Partition));
        }
    }

    private void Refused(string call, Func<object?> act)
    {
        try
        {
            act();
            _findings.Broken("S10", $"after Dispose {call} does not throw ObjectDisposedException");
        }
        catch (ObjectDisposedException)
        {
            // As it should.
        }
        catch (Exception error) when (error is not EscapedWorkException)
        {
            _findings.Broken("S10", $"after Dispose {call} throws {TypeNames.Of(error)} instead of ObjectDisposedException");
        }
    }
}
