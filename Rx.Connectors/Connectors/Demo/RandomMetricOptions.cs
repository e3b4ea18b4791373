namespace Rx.Connectors.Demo;

/// <summary>What a <see cref="RandomMetricSource"/> makes, and how often. Read once, when the source is made.</summary>
public sealed class RandomMetricOptions
{
    /// <summary>The default of <see cref="Interval"/>: 0.7 s.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(700);

    /// <summary>The time from one value of a metric to the next.</summary>
    /// <value>More than zero. Default: <see cref="DefaultInterval"/>.</value>
    public TimeSpan Interval { get; init; } = DefaultInterval;

    /// <summary>How many values each metric has, over all runs that resume from one another.</summary>
    /// <value>Zero or more. Default, null: it never ends.</value>
    public long? Count { get; init; }

    /// <summary>Makes a value of random numbers that are drawn for it alone.</summary>
    /// <value>Default, null: an integer from 0 to 9. What it throws is the source's error.</value>
    public Func<Random, double>? Next { get; init; }

    /// <summary>What the random numbers depend on, besides the metric's name and the value's number.</summary>
    /// <value>Default: 0. The same seed gives the same values, also after a restart.</value>
    public int Seed { get; init; }
}
