using Rx.Connectors.Sources;

namespace Rx.Connectors.Demo;

/// <summary>
/// Random values at regular times, to try a flow with. Each metric is a partition of its own, whose position is the number of its
/// values handed out; it resumes with the very value that would have come next.
/// </summary>
/// <remarks>
/// The first value comes at once. A poll that comes late does not move the ones after it, and stands for those that it missed.
/// After a restart the times are counted anew.
/// </remarks>
public sealed class RandomMetricSource : FixedPartitionedSource<(string Metric, double Value), long>
{
    private static readonly TimeSpan _defaultInterval = TimeSpan.FromMilliseconds(700);

    private readonly string[] _metrics;
    private readonly TimeSpan _interval;
    private readonly long? _count;
    private readonly Func<Random, double>? _next;
    private readonly int _seed;

    /// <summary>Makes the source.</summary>
    /// <param name="metrics">The metrics' names, at least one, each once.</param>
    /// <param name="interval">The time from one value of a metric to the next, zero or more. Default, null: 0.7 s.</param>
    /// <param name="count">How many values each metric has, over all runs that resume from one another, zero or more. Default,
    /// null: it never ends.</param>
    /// <param name="next">Makes a value of random numbers that are drawn for it alone. Default, null: an integer from 0 to 9. An
    /// exception that it throws is the source's error.</param>
    /// <param name="seed">What the random numbers depend on, besides the metric's name and the value's number. The same seed gives
    /// the same values, also after a restart.</param>
    /// <exception cref="ArgumentNullException"><paramref name="metrics"/>, or one of them, is null.</exception>
    /// <exception cref="ArgumentException">There is no metric, or one comes twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> or <paramref name="count"/> is negative.</exception>
    public RandomMetricSource(
        IEnumerable<string> metrics, TimeSpan? interval = null, long? count = null, Func<Random, double>? next = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _metrics = [.. metrics];
        foreach (var metric in _metrics)
        {
            ArgumentNullException.ThrowIfNull(metric, nameof(metrics));
        }

        if (_metrics.Length == 0 || _metrics.Distinct(StringComparer.Ordinal).Count() < _metrics.Length)
        {
            throw new ArgumentException("There must be at least one metric, and each only once.", nameof(metrics));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(interval ?? _defaultInterval, TimeSpan.Zero, nameof(interval));
        ArgumentOutOfRangeException.ThrowIfNegative(count ?? 0, nameof(count));
        (_interval, _count, _next, _seed) = (interval ?? _defaultInterval, count, next, seed);
    }

    /// <summary>The names of the metrics.</summary>
    /// <returns>The names, in the order in which they were given.</returns>
    public override IReadOnlyList<string> ListPartitions() => _metrics;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is no metric of this source.</exception>
    public override StatefulSourcePartition<(string Metric, double Value), long> BuildPartition(
        string stepId, string partition, ResumeState<long> resumeState) =>
        Array.IndexOf(_metrics, partition) >= 0
            ? new RandomMetricPartition(partition, _interval, _count, _next, _seed, resumeState)
            : throw new ArgumentException($"There is no metric \"{partition}\".", nameof(partition));
}
