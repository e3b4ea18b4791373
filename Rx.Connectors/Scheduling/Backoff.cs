namespace Rx.Connectors.Scheduling;

/// <summary>Counts the failures in a row and says how long to wait after each. Not thread-safe: one per series of attempts.</summary>
internal sealed class Backoff
{
    private readonly BackoffOptions _options;
    private readonly Random? _random;
    private long _limit;

    public Backoff(BackoffOptions options)
        : this(options, options.NewRandom())
    {
    }

    /// <summary>A series that draws its jitter from the same numbers as others do.</summary>
    public Backoff(BackoffOptions options, Random random)
    {
        _options = options;
        _random = options.Jitter ? random : null;
    }

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Counts a failure and returns how long to wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        // MaxDelay is far below half of what a long holds, so doubling cannot overflow; and the count stays where it is full.
        _limit = Failures == 0 ? _options.BaseDelay.Ticks : Math.Min(_limit * 2, _options.MaxDelay.Ticks);
        Failures = Failures == int.MaxValue ? Failures : Failures + 1;
        return TimeSpan.FromTicks(_random is null ? _limit : _random.NextInt64(_limit + 1));
    }

    /// <summary>An attempt succeeded: the next failure is the first again.</summary>
    public void Reset() => Failures = 0;
}
