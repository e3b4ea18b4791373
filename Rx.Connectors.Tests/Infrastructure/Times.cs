namespace Rx.Connectors.Tests.Infrastructure;

internal static class Times
{
    /// <summary>How long a real-clock test waits for what must happen: long, since only a failing test waits it out.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TimeSpan Ticks(this int ticks) => TimeSpan.FromTicks(ticks);

    public static DateTimeOffset At(this long ticks) => new(ticks, TimeSpan.Zero);
}
