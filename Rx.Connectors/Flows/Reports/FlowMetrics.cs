using System.Diagnostics;

namespace Rx.Connectors.Flows;

/// <summary>What one run tells the instruments that all share, under its flow's name.</summary>
internal sealed class FlowMetrics(string flow)
{
    public string Flow => flow;

    /// <summary>Whether the time that writes take is asked for, which costs one more look at the clock a batch.</summary>
    public static bool MeasuresWrites => FlowInstruments.WriteDuration.Enabled;

    private KeyValuePair<string, object?> FlowTag => new("flow", Flow);

    public static TagList Tags(string flow, string step, string partition) =>
        new() { { "flow", flow }, { "step", step }, { "partition", partition } };

    public void Polled(string step, string partition, int items)
    {
        if (FlowInstruments.SourceItems.Enabled || FlowInstruments.SourceBatches.Enabled)
        {
            var tags = Tags(Flow, step, partition);
            FlowInstruments.SourceItems.Add(items, tags);
            FlowInstruments.SourceBatches.Add(1, tags);
        }
    }

    public void Written(string step, string partition, int items, TimeSpan? duration)
    {
        if (FlowInstruments.SinkItems.Enabled || FlowInstruments.SinkBatches.Enabled || duration is not null)
        {
            var tags = Tags(Flow, step, partition);
            FlowInstruments.SinkItems.Add(items, tags);
            FlowInstruments.SinkBatches.Add(1, tags);
            if (duration is { } time)
            {
                FlowInstruments.WriteDuration.Record(time.TotalSeconds, tags);
            }
        }
    }

    public void Restarted(string step, string partition)
    {
        if (FlowInstruments.Restarts.Enabled)
        {
            FlowInstruments.Restarts.Add(1, Tags(Flow, step, partition));
        }
    }

    public void Paused(TimeSpan duration) => FlowInstruments.Pause.Record(duration.TotalSeconds, FlowTag);

    public void Committed(TimeSpan duration)
    {
        FlowInstruments.Commits.Add(1, FlowTag);
        FlowInstruments.CommitDuration.Record(duration.TotalSeconds, FlowTag);
    }

    public void CommitFailed() => FlowInstruments.FailedCommits.Add(1, FlowTag);

    /// <summary>The run can be asked from now on.</summary>
    public void Begin(Func<FlowProgress> progress) => FlowInstruments.Add(this, progress);

    /// <summary>The run has ended.</summary>
    public void End(FlowProgress last) => FlowInstruments.Remove(this, last);
}
