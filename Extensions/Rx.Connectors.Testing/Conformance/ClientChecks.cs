namespace Rx.Connectors.Testing;

/// <summary>What can be seen where the client is scripted: how it is used, and what its misdeeds lead to. S6, S8, S9, S10.</summary>
internal sealed class ClientChecks<T>(CheckContext<T> context)
{
    private const int MostPrefixes = 30;
    private const int Flood = 20_000;

    private readonly Findings _findings = context.Findings;

    public void Run()
    {
        CheckPrefixes();
        CheckBound();
        foreach (var fault in Enum.GetValues<ClientFault>().Except([ClientFault.None]))
        {
            CheckFault(fault);
        }

        CheckClosing(ClientEnd.Never, 5);
        CheckClosing(ClientEnd.Completes, 5);
    }

    // A client that falls silent after any number of items: all of them must come without another signal.
    private void CheckPrefixes()
    {
        if (context.IsReal || context.Options.Expected is not null || _findings.IsBroken("S8") || _findings.IsBroken("S2"))
        {
            return;
        }

        for (var count = 0; count <= Math.Min(context.Options.Items, MostPrefixes); count++)
        {
            using var run = context.Open(script: context.Script(ClientEnd.Never, count: count));
            run.Start();
            Hosts.Obedient(run);
            var timers = run.Clock.Virtual!.Pending - run.Script!.Timers;
            if (run.Items.Count < run.Script.Delivered)
            {
                _findings.Broken(
                    "S8", $"its client is silent after {count} items; polled when NextAwake and Available ask for it, it gives {run.Items.Count}");
            }
            else if (timers > 0)
            {
                _findings.Broken("S8", $"it is idle, and has {timers} actions on the clock");
            }
        }
    }

    private void CheckBound()
    {
        var most = context.Options.Capacity;
        using var run = context.Open(script: context.Script(count: most * 4 ?? Flood, floods: true), most: int.MaxValue);
        var script = run.Script!;
        run.Start();
        var waiting = 0;
        for (var poll = 0; poll < 20 && run.End is null; poll++)
        {
            run.Clock.Pass(TimeSpan.FromMilliseconds(50));
            if (!context.Subject.IsPushed)
            {
                waiting = Math.Max(waiting, script.Delivered - run.Items.Count);
            }

            run.Poll();
        }

        if (context.Subject.IsPushed)
        {
            // It cannot be paused. What was not refused or dropped has waited.
            Hosts.Eager(run);
            waiting = run.End == RunEnd.Failed || run.Items.Count < script.Delivered ? Math.Min(run.Items.Count, most ?? int.MaxValue) : script.Delivered;
        }

        // One more may be on its way in.
        if (waiting > (most + 1 ?? script.Count - 1))
        {
            _findings.Broken("S6", $"{waiting} items of the client waited inside{(most is null ? "" : $", and Capacity is {most}")}");
        }
        else if (script.Overlapped)
        {
            _findings.Broken("S6", "the client was pulled again while a read was pending");
        }

        _findings.Holds("S6", $"at most {waiting} items waited when the client flooded");
    }

    private void CheckFault(ClientFault fault)
    {
        if (fault == (context.Subject.IsPushed ? ClientFault.ThrowsWhenPulled : ClientFault.GoesOnAfterTheEnd) || _findings.IsBroken("S3"))
        {
            return;
        }

        var script = context.Script(fault: fault, count: context.Options.Items)!;
        Exception? error = null;
        var count = 0;
        try
        {
            var run = context.Open(script: script);
            run.Start();
            Hosts.Eager(run);
            (error, count) = (run.Error, run.Items.Count);
            run.Partition.Dispose();
            run.Clock.Pass(TimeSpan.FromSeconds(1));
            if (error is null && run.End == RunEnd.Quiet && context.Options.Items == script.Delivered)
            {
                _findings.Broken("S9", $"a client that {Words(fault)}: it does not end");
            }
        }
        catch (Exception thrown) when (thrown is not EscapedWorkException)
        {
            if (fault != ClientFault.ThrowsWhenOpened || !Holds(thrown, script.Error))
            {
                _findings.Broken("S9", $"a client that {Words(fault)}: {TypeNames.Of(thrown)} came out beside NextBatch");
                return;
            }

            error = thrown;
        }

        if (fault is ClientFault.ThrowsWhenOpened or ClientFault.ThrowsWhenPulled && !Holds(error, script.Error))
        {
            _findings.Broken("S9", $"a client that {Words(fault)}: NextBatch does not throw its error");
        }
        else if (fault == ClientFault.GoesOnAfterTheEnd && context.Options.Expected is null && (error is not null || count > script.Count))
        {
            _findings.Broken("S9", $"a client that {Words(fault)}: {(error is null ? $"{count - script.Count} items came after the end" : error.Message)}");
        }

        _findings.Holds("S9", Words(fault));
    }

    private void CheckClosing(ClientEnd end, int count)
    {
        using var run = context.Open(script: context.Script(end, count: count));
        run.Start();
        Hosts.Eager(run);
        run.Partition.Dispose();
        run.Clock.Pass(TimeSpan.FromMinutes(10));
        var script = run.Script!;
        if (script.Opened == 0)
        {
            return;
        }

        if (script.Closed != 1 && !(context.Subject.IsPushed && script.Closed > 0))
        {
            _findings.Broken("S10", $"its client was opened {script.Opened} times and closed {script.Closed} times");
        }
        else if (end == ClientEnd.Never && !script.IsCancelled)
        {
            _findings.Broken("S10", "its client was not told to stop by its token");
        }
        else if (script.Overlapped)
        {
            _findings.Broken("S10", "its client was closed while a read was pending");
        }
        else if (run.Clock.Virtual is { } clock && clock.Pending - script.Timers is var left && left > 0)
        {
            _findings.Broken("S10", $"{left} actions are left on the clock after Dispose");
        }

        _findings.Holds("S10", "the client closed once, nothing left on the clock");
    }

    private static bool Holds(Exception? error, Exception client)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error == client || error is AggregateException { InnerExceptions: var all } && all.Contains(client))
            {
                return true;
            }
        }

        return false;
    }

    private static string Words(ClientFault fault) => fault switch
    {
        ClientFault.ThrowsWhenOpened => "throws when opened",
        ClientFault.ThrowsWhenPulled => "throws when pulled",
        ClientFault.ThrowsWhenClosed => "throws when closed",
        _ => "goes on after the end",
    };
}
