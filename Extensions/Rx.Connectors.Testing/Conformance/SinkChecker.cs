using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Testing;

/// <summary>Runs all checks of a sink by the first clock that serves.</summary>
internal static class SinkChecker
{
    public static ConformanceReport Run(SinkConformanceOptions? options, Action<SinkConformanceOptions, Findings, ClockKind, Watch> check)
    {
        var settings = (options ?? new()).Checked();
        for (var kind = settings.OnRealClock ? ClockKind.Real : ClockKind.Virtual; ; kind++)
        {
            var findings = new Findings(RuleNames.Sinks);
            var watch = new Watch(settings.Patience);
            var clock = kind;
            try
            {
                var blocked = watch.Run(() => check(settings, findings, clock, watch));
                if (blocked is not null)
                {
                    findings.Broken("K6", $"{blocked} has not returned within {settings.Patience}" +
                        (kind == ClockKind.Real ? "" : " of real time; what waits for a virtual clock must let it run (ISchedulerWait), or set OnRealClock"));
                }

                return findings.Report(
                    $"Sink, {(kind == ClockKind.Real ? "on the real clock" : "in virtual time")}",
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
}
