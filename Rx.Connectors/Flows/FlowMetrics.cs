using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Rx.Connectors.Flows;

/// <summary>
/// The instruments of one run, under the meter <see cref="MeterName"/>. Counters are added to as things happen, gauges are read
/// when somebody collects them, and neither costs anything while nobody listens.
/// </summary>
internal sealed class FlowMetrics : IDisposable
{
    public const string MeterName = "Rx.Connectors";

    private readonly Meter _meter = new(MeterName, typeof(FlowMetrics).Assembly.GetName().Version?.ToString());
    private readonly string _flow;
    private readonly Counter<long> _sourceItems;
    private readonly Counter<long> _sourceBatches;
    private readonly Counter<long> _sinkItems;
    private readonly Counter<long> _sinkBatches;
    private readonly Histogram<double> _writeDuration;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _failedCommits;
    private readonly Histogram<double> _pause;
    private readonly Histogram<double> _commitDuration;

    public FlowMetrics(string flow, Func<IReadOnlyList<SourceProgress>> sources)
    {
        _flow = flow;
        _sourceItems = _meter.CreateCounter<long>("rx_connectors.source.items", "{item}", "Items polled.");
        _sourceBatches = _meter.CreateCounter<long>("rx_connectors.source.batches", "{batch}", "Polls that had items.");
        _sinkItems = _meter.CreateCounter<long>("rx_connectors.sink.items", "{item}", "Items whose write was confirmed.");
        _sinkBatches = _meter.CreateCounter<long>("rx_connectors.sink.batches", "{batch}", "Batches whose write was confirmed.");
        _writeDuration = _meter.CreateHistogram<double>("rx_connectors.sink.write.duration", "s", "How long a batch's write took.");
        _restarts = _meter.CreateCounter<long>(
            "rx_connectors.source.restarts", "{restart}", "Partitions that were built again after a failure.");
        _commits = _meter.CreateCounter<long>("rx_connectors.epoch.commits", "{epoch}", "Epochs that were committed.");
        _failedCommits = _meter.CreateCounter<long>(
            "rx_connectors.epoch.commit.failures", "{failure}", "Attempts to commit that failed.");
        _pause = _meter.CreateHistogram<double>(
            "rx_connectors.epoch.pause", "s", "How long polling stood still while an epoch was closed.");
        _commitDuration = _meter.CreateHistogram<double>(
            "rx_connectors.epoch.commit.duration", "s", "How long the store took to commit an epoch.");
        _meter.CreateObservableGauge(
            "rx_connectors.source.waiting",
            () => sources().Select(one => new Measurement<int>(one.Waiting, Tags(one.Step, one.Partition))),
            "{item}",
            "Items received and not yet polled.");
        _meter.CreateObservableGauge(
            "rx_connectors.source.lag",
            () => sources().Select(one => new Measurement<double>(one.Lag.TotalSeconds, Tags(one.Step, one.Partition))),
            "s",
            "How long the oldest waiting batch has been there.");
        _meter.CreateObservableCounter(
            "rx_connectors.source.dropped",
            () => sources().Select(one => new Measurement<long>(one.Dropped, Tags(one.Step, one.Partition))),
            "{item}",
            "Items that an overflow policy dropped.");
    }

    /// <summary>Whether the time that writes take is asked for, which costs two looks at the clock a batch.</summary>
    public bool MeasuresWrites => _writeDuration.Enabled;

    public void Polled(string step, string partition, int items)
    {
        if (_sourceItems.Enabled || _sourceBatches.Enabled)
        {
            var tags = Tags(step, partition);
            _sourceItems.Add(items, tags);
            _sourceBatches.Add(1, tags);
        }
    }

    public void Written(string step, string partition, int items, TimeSpan? duration)
    {
        if (_sinkItems.Enabled || _sinkBatches.Enabled || duration is not null)
        {
            var tags = Tags(step, partition);
            _sinkItems.Add(items, tags);
            _sinkBatches.Add(1, tags);
            if (duration is { } time)
            {
                _writeDuration.Record(time.TotalSeconds, tags);
            }
        }
    }

    public void Restarted(string step, string partition)
    {
        if (_restarts.Enabled)
        {
            _restarts.Add(1, Tags(step, partition));
        }
    }

    public void Paused(TimeSpan duration) => _pause.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("flow", _flow));

    public void Committed(TimeSpan duration)
    {
        _commits.Add(1, new KeyValuePair<string, object?>("flow", _flow));
        _commitDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("flow", _flow));
    }

    public void CommitFailed() => _failedCommits.Add(1, new KeyValuePair<string, object?>("flow", _flow));

    public void Dispose() => _meter.Dispose();

    private TagList Tags(string step, string partition) =>
        new() { { "flow", _flow }, { "step", step }, { "partition", partition } };
}
