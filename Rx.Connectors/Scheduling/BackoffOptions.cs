using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>How long to wait between attempts. The limit doubles with each failure in a row.</summary>
/// <remarks>The options are immutable and may be shared. They are checked when whatever uses them is made.</remarks>
public sealed class BackoffOptions
{
    internal static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>The limit after the first failure. After each further one in a row it is twice the last.</summary>
    /// <value>More than zero. Default: 200 ms.</value>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the doubling ends.</summary>
    /// <value>At least <see cref="BaseDelay"/> and at most 1 day. Default: 30 s.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the wait is drawn evenly from zero to the limit, so that clients which lost the same server do not all come
    /// back at the same moment. Without it, the wait is the limit itself.
    /// </summary>
    /// <value>Default: true.</value>
    public bool Jitter { get; init; } = true;

    /// <summary>Makes the jitter repeat, for tests and simulations.</summary>
    /// <value>Default, null: different every time. Clients that share a seed come back at the same moment.</value>
    public int? Seed { get; init; }

    /// <summary>Checks the options; null stands for the defaults.</summary>
    /// <param name="options">What the user gave.</param>
    /// <param name="path">Where the user gave it, as in <c>options.Backoff</c>, for the name of a refused parameter.</param>
    internal static BackoffOptions Check(BackoffOptions? options, string path)
    {
        options ??= new BackoffOptions();
        var check = new OptionCheck(nameof(BackoffOptions), path);
        check.Refuse(options.BaseDelay <= TimeSpan.Zero, nameof(BaseDelay), options.BaseDelay, "more than zero");
        check.Refuse(
            options.MaxDelay < options.BaseDelay || options.MaxDelay > LongestDelay, nameof(MaxDelay), options.MaxDelay,
            $"at least BaseDelay, which is {options.BaseDelay}, and at most {LongestDelay}");
        return options;
    }

    internal Random NewRandom() => Seed is { } seed ? new Random(seed) : new Random();

    /// <summary>Numbers that are the same in every run on a virtual-time scheduler (rule F6).</summary>
    internal Random NewRandom(IScheduler scheduler) => Seed is null && scheduler.IsVirtual() ? new Random(0) : NewRandom();
}
