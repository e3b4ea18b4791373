namespace Rx.Connectors.Testing;

/// <summary>Hears what Rx asks of the real world from inside an action: at that moment, though a timer may not fire within the run.</summary>
internal sealed partial class EscapeWatch
{
    // Looking at another's context is no arrival.
    [ThreadStatic]
    private static bool _isLooking;

    /// <summary>Rx is asked for something real, by whomever.</summary>
    /// <param name="thing">What.</param>
    /// <param name="holder">What it is asked for with, which leads to the operator; null where there is nothing.</param>
    public static void AskedFor(RealThing thing, object? holder = null)
    {
        // Nearly always null: work of no clock, as that of other tests.
        if (_local.Value?.Watch is { } watch)
        {
            watch.Judge(thing, holder);
        }
    }

    private void Judge(RealThing thing, object? holder)
    {
        // A clock that waits for threads waits for these, too.
        if (_report is not null || (policy == EscapePolicy.Wait && thing == RealThing.Thread)
            || Asker.Find(thing) is not { Name: not null } asker)
        {
            return;
        }

        // The compiler may have put the operator's method into that of another, from which it is then missing on the stack.
        Tell(asker.IsOperator && RealTimers.FindOperator(holder) is { } name ? asker with { Name = name } : asker, thing);
    }

    private void Tell(Asker asker, RealThing thing)
    {
        var wayOut = asker.IsOperator
            ? $"It takes Rx's default scheduler unless it is given one: pass it the clock, as in {asker.Example}. A bridge hands it to its " +
                "query: Query((source, scheduler) => ..)."
            : "Schedule on the clock instead.";
        lock (_gate)
        {
            if (_report is null)
            {
                _report = $"At {_time} {asker.Name} {Words(thing)}. {wayOut}";
                _saysWayOut = true;
            }
        }
    }

    /// <summary>Looks for what was asked for unheard, before time goes on.</summary>
    public void LookForTimers()
    {
        if (!WatchedPlatform.IsTooLate || policy == EscapePolicy.Ignore || _report is not null)
        {
            return;
        }

        foreach (var (name, context) in RealTimers.All())
        {
            if (WatchOf(context) == this)
            {
                Tell(new Asker(name, true), RealThing.Timer);
            }
        }
    }

    private static EscapeWatch? WatchOf(ExecutionContext context)
    {
        EscapeWatch? watch = null;
        _isLooking = true;
        try
        {
            ExecutionContext.Run(context, _ => watch = _local.Value?.Watch, null);
        }
        finally
        {
            _isLooking = false;
        }

        return watch;
    }

    private static string Words(RealThing thing) => thing switch
    {
        RealThing.Timer => "asked for a timer of the real clock",
        RealThing.Thread => "asked for a thread of its own",
        RealThing.Sleep => "put the clock's thread to sleep, on the real clock",
        _ => "looked at the real clock",
    };
}
