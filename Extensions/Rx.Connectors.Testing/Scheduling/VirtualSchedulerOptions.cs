namespace Rx.Connectors.Testing;

/// <summary>How a <see cref="VirtualScheduler"/> runs. Immutable, and read once.</summary>
public sealed class VirtualSchedulerOptions
{
    /// <summary>What <c>Now</c> is when the clock stands at 0.</summary>
    /// <value>Default: the year 1, as with Rx's <c>TestScheduler</c>. Give a date to clients that count back from now.</value>
    public DateTimeOffset Origin { get; init; } = DateTimeOffset.MinValue;

    /// <summary>
    /// Draws the order of what is due at the same time, so that other interleavings are tried than the one in which things were
    /// scheduled. The same seed draws the same order, on any machine.
    /// </summary>
    /// <value>Default, null: in the order in which they were scheduled.</value>
    public ulong? Seed { get; init; }

    /// <summary>What to do about work that leaves the clock for another thread.</summary>
    /// <value>Default: <see cref="EscapePolicy.Report"/>.</value>
    public EscapePolicy Escapes { get; init; } = EscapePolicy.Report;
}
