using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>Delays of tasks count in whole milliseconds.</summary>
internal static class Millis
{
    public static TimeSpan Ms(this int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    public static long Now(this VirtualScheduler clock) => clock.Clock / TimeSpan.TicksPerMillisecond;

    public static IDisposable AtMs(this VirtualScheduler clock, long milliseconds, Action action) =>
        clock.At(milliseconds * TimeSpan.TicksPerMillisecond, action);

    public static void AdvanceMs(this VirtualScheduler clock, long milliseconds) =>
        clock.AdvanceBy(milliseconds * TimeSpan.TicksPerMillisecond);
}
