using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Rx.Connectors.Flows;

/// <summary>
/// The instruments of all runs of the process, under one meter that is never disposed: whoever exports metrics takes a meter's end for
/// the end of its series, also of those that another run still has. Gauges are read from the runs that live, when somebody collects
/// them; nothing costs anything while nobody listens.
/// </summary>
internal static class FlowInstruments
{
    public const string MeterName = "Rx.Connectors";

    private static readonly Meter _meter = new(MeterName, typeof(FlowInstruments).Assembly.GetName().Version?.ToString());

    public static readonly Counter<long> SourceItems = _meter.CreateCounter<long>("rx_connectors.source.items", "{item}", "Items polled.");

    public static readonly Counter<long> SourceBatches = _meter.CreateCounter<long>(
        "rx_connectors.source.batches", "{batch}", "Polls that had items.");

    public static readonly Counter<long> Restarts = _meter.CreateCounter<long>(
        "rx_connectors.source.restarts", "{restart}", "Partitions that were built again after a failure.");

    public static readonly Counter<long> SinkItems = _meter.CreateCounter<long>(
        "rx_connectors.sink.items", "{item}", "Items whose write was confirmed.");

    public static readonly Counter<long> SinkBatches = _meter.CreateCounter<long>(
        "rx_connectors.sink.batches", "{batch}", "Batches whose write was confirmed.");

    public static readonly Histogram<double> WriteDuration = _meter.CreateHistogram<double>(
        "rx_connectors.sink.write.duration", "s", "How long a batch's write took.");

    public static readonly Counter<long> Commits = _meter.CreateCounter<long>(
        "rx_connectors.epoch.commits", "{epoch}", "Epochs that were committed.");

    public static readonly Counter<long> FailedCommits = _meter.CreateCounter<long>(
        "rx_connectors.epoch.commit.failures", "{failure}", "Attempts to commit that failed.");

    public static readonly Histogram<double> Pause = _meter.CreateHistogram<double>(
        "rx_connectors.epoch.pause", "s", "How long polling stood still while an epoch was closed.");

    public static readonly Histogram<double> CommitDuration = _meter.CreateHistogram<double>(
        "rx_connectors.epoch.commit.duration", "s", "How long the store took to commit an epoch.");

    // Weakly held: a run that is neither ended nor referred to any more, as one of a test, is not kept.
    private static readonly ConditionalWeakTable<FlowMetrics, Func<FlowProgress>> _live = [];
    private static readonly Dictionary<(string Flow, string Step, string Partition), long> _droppedBefore = [];
    private static readonly Lock _gate = new();

    static FlowInstruments()
    {
        _meter.CreateObservableGauge(
            "rx_connectors.source.waiting", () => Sources(static one => one.Queued, static (left, right) => left + right), "{item}",
            "Items received and not yet polled.");
        _meter.CreateObservableGauge(
            "rx_connectors.source.lag", () => Sources(static one => one.Lag.TotalSeconds, Math.Max), "s",
            "How long the oldest waiting batch has been there.");
        _meter.CreateObservableCounter("rx_connectors.source.dropped", Dropped, "{item}", "Items that an overflow policy dropped.");
        _meter.CreateObservableGauge(
            "rx_connectors.sink.writing", () => Sinks(static one => one.Writing, static (left, right) => left + right), "{item}",
            "Items that are being written.");
        _meter.CreateObservableGauge(
            "rx_connectors.sink.writing.age", () => Sinks(static one => one.WritingFor.TotalSeconds, Math.Max), "s",
            "How long the write that is under way has taken.");
    }

    public static void Add(FlowMetrics run, Func<FlowProgress> progress) => _live.Add(run, progress);

    /// <summary>A run has ended: its gauges end, its counts stay.</summary>
    public static void Remove(FlowMetrics run, FlowProgress last)
    {
        lock (_gate)
        {
            _live.Remove(run);
            foreach (var source in last.Sources.Where(static one => one.Dropped > 0))
            {
                var key = (run.Flow, source.Step, source.Partition);
                _droppedBefore[key] = _droppedBefore.GetValueOrDefault(key) + source.Dropped;
            }
        }
    }

    private static IEnumerable<Measurement<T>> Sources<T>(Func<SourceProgress, T> value, Func<T, T, T> merge)
        where T : struct =>
        Merge(Live().SelectMany(run => run.Progress.Sources.Select(one => ((run.Flow, one.Step, one.Partition), value(one)))), merge);

    private static IEnumerable<Measurement<T>> Sinks<T>(Func<SinkProgress, T> value, Func<T, T, T> merge)
        where T : struct =>
        Merge(Live().SelectMany(run => run.Progress.Sinks.Select(one => ((run.Flow, one.Step, one.Partition), value(one)))), merge);

    private static IEnumerable<Measurement<long>> Dropped()
    {
        lock (_gate)
        {
            // Together with what is no longer there: a counter never falls.
            var before = _droppedBefore.Select(static one => (one.Key, one.Value));
            var live = Live().SelectMany(static run => run.Progress.Sources.Select(one => ((run.Flow, one.Step, one.Partition), one.Dropped)));
            return [.. Merge(before.Concat(live), static (left, right) => left + right)];
        }
    }

    // Runs of one flow at the same time have the same tags, and a collector keeps one measurement for each.
    private static IEnumerable<Measurement<T>> Merge<T>(
        IEnumerable<((string Flow, string Step, string Partition) Of, T Value)> measured, Func<T, T, T> merge)
        where T : struct =>
        measured.GroupBy(static one => one.Of).Select(same => new Measurement<T>(
            same.Select(static one => one.Value).Aggregate(merge), FlowMetrics.Tags(same.Key.Flow, same.Key.Step, same.Key.Partition)));

    private static (string Flow, FlowProgress Progress)[] Live() =>
        [.. _live.Select(static run => (run.Key.Flow, run.Value()))];
}
