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
public sealed class RandomMetricSource : FixedPartitionedSource<MetricValue, long>
{
    private readonly string[] _metrics;
    private readonly RandomMetricOptions _options;

    /// <summary>Makes the source.</summary>
    /// <param name="metrics">The metrics' names, at least one, each once.</param>
    /// <param name="options">How often, how many, which; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="metrics"/>, or one of them, is null.</exception>
    /// <exception cref="ArgumentException">There is no metric, or one comes twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public RandomMetricSource(IEnumerable<string> metrics, RandomMetricOptions? options = null)
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

        _options = options ?? new RandomMetricOptions();
        if (_options.Interval <= TimeSpan.Zero)
        {
            throw Refused(nameof(_options.Interval), _options.Interval, "more than zero");
        }

        if (_options.Count < 0)
        {
            throw Refused(nameof(_options.Count), _options.Count, "zero or more, or null");
        }
    }

    /// <summary>The names of the metrics.</summary>
    /// <returns>The names, in the order in which they were given.</returns>
    public override IReadOnlyList<string> ListPartitions() => _metrics;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is no metric of this source.</exception>
    public override StatefulSourcePartition<MetricValue, long> BuildPartition(
        string stepId, string partition, ResumeState<long> resumeState) =>
        Array.IndexOf(_metrics, partition) >= 0
            ? new RandomMetricPartition(partition, _options, resumeState)
            : throw new ArgumentException($"There is no metric \"{partition}\".", nameof(partition));

    private static ArgumentOutOfRangeException Refused(string option, object? value, string allowed) =>
        new($"options.{option}", value, $"{nameof(RandomMetricOptions)}.{option} must be {allowed}.");
}
