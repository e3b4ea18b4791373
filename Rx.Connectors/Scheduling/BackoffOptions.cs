namespace Rx.Connectors.Scheduling;

/// <summary>How long to wait between attempts. The limit doubles with each failure in a row.</summary>
/// <remarks>Immutable, and read once, when whatever uses it is made. May be shared.</remarks>
public sealed class BackoffOptions
{
    /// <summary>The default of <see cref="BaseDelay"/>: 200 ms.</summary>
    public static readonly TimeSpan DefaultBaseDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The default of <see cref="MaxDelay"/>: 30 s.</summary>
    public static readonly TimeSpan DefaultMaxDelay = TimeSpan.FromSeconds(30);

    /// <summary>The longest <see cref="MaxDelay"/> there may be: 1 day.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>The default of <see cref="Jitter"/>: on.</summary>
    public const bool DefaultJitter = true;

    /// <summary>The limit after the first failure. After each further one in a row it is twice the last.</summary>
    /// <value>More than zero. Default: <see cref="DefaultBaseDelay"/>.</value>
    public TimeSpan BaseDelay { get; init; } = DefaultBaseDelay;

    /// <summary>Where the doubling ends.</summary>
    /// <value>From <see cref="BaseDelay"/> to <see cref="LongestDelay"/>. Default: <see cref="DefaultMaxDelay"/>.</value>
    public TimeSpan MaxDelay { get; init; } = DefaultMaxDelay;

    /// <summary>
    /// Whether the wait is drawn evenly from zero to the limit, so that clients which lost the same server do not all come
    /// back at the same moment. Without it, the wait is the limit itself.
    /// </summary>
    /// <value>Default: <see cref="DefaultJitter"/>.</value>
    public bool Jitter { get; init; } = DefaultJitter;

    /// <summary>Makes the jitter repeat, for tests and simulations.</summary>
    /// <value>Default, null: different every time. Clients that share a seed come back at the same moment.</value>
    public int? Seed { get; init; }
}
