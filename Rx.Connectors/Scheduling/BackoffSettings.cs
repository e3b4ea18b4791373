using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>Checked <see cref="BackoffOptions"/>. Immutable: every series of failures makes its own <see cref="Backoff"/>.</summary>
internal sealed class BackoffSettings
{
    private BackoffSettings(BackoffOptions options)
    {
        BaseDelay = options.BaseDelay;
        MaxDelay = options.MaxDelay;
        Jitter = options.Jitter;
        Seed = options.Seed;
    }

    public TimeSpan BaseDelay { get; }

    public TimeSpan MaxDelay { get; }

    public bool Jitter { get; }

    public int? Seed { get; }

    public Random NewRandom() => Seed is { } seed ? new Random(seed) : new Random();

    /// <summary>Numbers that are the same in every run on a virtual-time scheduler (rule F6).</summary>
    public Random NewRandom(IScheduler scheduler) => Seed is null && scheduler.IsVirtual() ? new Random(0) : NewRandom();

    /// <summary>Checks the options; null stands for the defaults.</summary>
    /// <param name="options">What the user gave.</param>
    /// <param name="path">Where the user gave it, as in <c>options.Backoff</c>, for the name of a refused parameter.</param>
    public static BackoffSettings Check(BackoffOptions? options, string path)
    {
        options ??= new BackoffOptions();
        if (options.BaseDelay <= TimeSpan.Zero)
        {
            throw Refused(path, nameof(options.BaseDelay), options.BaseDelay, "more than zero");
        }

        if (options.MaxDelay < options.BaseDelay || options.MaxDelay > BackoffOptions.LongestDelay)
        {
            throw Refused(
                path, nameof(options.MaxDelay), options.MaxDelay,
                $"at least BaseDelay, which is {options.BaseDelay}, and at most {BackoffOptions.LongestDelay}");
        }

        return new BackoffSettings(options);
    }

    private static ArgumentOutOfRangeException Refused(string path, string option, object value, string allowed) =>
        new($"{path}.{option}", value, $"{nameof(BackoffOptions)}.{option} must be {allowed}.");
}
