namespace Rx.Connectors.Scheduling;

/// <summary>Arithmetic on times that stays within what a time can be.</summary>
internal static class Instants
{
    /// <summary>The time, later by a span that may be as long as a span can be.</summary>
    public static DateTimeOffset AddOrMax(this DateTimeOffset time, TimeSpan span) =>
        span > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue : time.ToUniversalTime() + span;
}
