using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Testing;

/// <summary>Runs all checks of a source by the first clock that serves.</summary>
internal static class SourceChecker
{
    public static ConformanceReport Run<T>(SourceSubject<T> subject, SourceConformanceOptions<T>? options)
    {
        var settings = (options ?? new()).Checked();
        for (var kind = settings.OnRealClock ? ClockKind.Real : ClockKind.Virtual; ; kind++)
        {
            var findings = new Findings(RuleNames.Sources);
            var watch = new Watch(settings.Patience);
            var context = new CheckContext<T>(subject, settings, findings, kind, watch);
            try
            {
                var blocked = watch.Run(() => Check(context));
                if (blocked is not null)
                {
                    findings.Broken(
                        blocked == nameof(IDisposable.Dispose) ? "S10" : "S1", $"{blocked} has not returned within {settings.Patience}");
                }

                return findings.Report(
                    $"Source, {(kind == ClockKind.Real ? "on the real clock" : "in virtual time")}",
                    blocked is null ? "there was nothing to see" : $"{blocked} does not return");
            }
            catch (CheckException failed) when (failed.InnerException is EscapedWorkException && kind != ClockKind.Real)
            {
                // The next clock bears more.
            }
            catch (CheckException failed)
            {
                ExceptionDispatchInfo.Throw(failed.InnerException!);
            }
        }
    }

    private static void Check<T>(CheckContext<T> context)
    {
        var reading = new ReadingChecks<T>(context);
        reading.Run();
        context.Findings.Holds("S1", context.IsReal
            ? $"every call returned within {context.Options.Patience}" : "no virtual time passes in NextBatch");
        if (reading.Repeats)
        {
            new CuttingChecks<T>(context, reading.Eager).Run();
        }

        new EndingChecks<T>(context).Run();
        new AckCheck<T>(context).Run();
        if (context.Subject.Item is not null)
        {
            new ClientChecks<T>(context).Run();
        }
        else
        {
            context.Findings.NotChecked("S6", "its client is its own; use OverStream or OverObservable");
            context.Findings.NotChecked("S9", "its client is its own; use OverStream or OverObservable");
            context.Findings.NotChecked("S10", "whether the client is closed and nothing left on the clock: its client is its own");
            context.Findings.NotChecked("S8", "whether an idle one has timers: its client is its own");
        }

        if (reading.Repeats)
        {
            new QueryChecks<T>(context, reading.Eager).Run();
        }
    }
}
