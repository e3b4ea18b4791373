using System.Globalization;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Testing;

public sealed partial class VirtualScheduler
{
    /// <summary>Runs the clock until a flow has ended: <c>clock.RunToEnd(flow.Start(options))</c>.</summary>
    /// <param name="run">The run, whose <see cref="FlowOptions.Scheduler"/> is this clock.</param>
    /// <param name="limit">How much virtual time it may take. Default, null: any; a flow that polls for ever then runs for ever.</param>
    /// <returns>What it has done. What it failed with is thrown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    /// <exception cref="SchedulerDeadlockException">Nothing is left to run, and the flow has not ended. The message says which
    /// partitions are not complete, and since when items wait there.</exception>
    /// <exception cref="TimeoutException">The limit has come first; with the same message.</exception>
    /// <exception cref="EscapedWorkException">Work has left the clock; see <see cref="EscapePolicy"/>.</exception>
    public FlowResult RunToEnd(FlowRun run, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            if (!RunUntil(() => run.Completion.IsCompleted, limit is { } time ? this.Now + time : null, "the flow"))
            {
                throw new TimeoutException(
                    $"The flow has not ended after {limit}, at {Clock} ({this.Now:O}).{Hint()}{Describe(run.GetProgress())}");
            }
        }
        catch (SchedulerDeadlockException error) when (_depth == 0)
        {
            throw new SchedulerDeadlockException($"{error.Message}{Describe(run.GetProgress())}");
        }

        return RunToEnd(run.Completion);
    }

    private string Describe(FlowProgress progress)
    {
        var lines = new List<string>();
        foreach (var source in progress.Sources.Where(static source => !source.IsComplete))
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{source.Step}/{source.Partition} is not complete: {source.Items} items in {source.Batches} batches were polled, " +
                $"{Waiting(source, progress.At)}, restarts: {source.Restarts}"));
        }

        foreach (var sink in progress.Sinks)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{sink.Step}/{sink.Partition} has written {sink.Items} items"));
        }

        var epochs = progress.Epochs;
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"epochs: {epochs.Committed} committed, {epochs.FailedCommits} attempts failed {epochs.LastFailure}").TrimEnd());
        if (progress.ItemsRead == 0)
        {
            lines.Add("nothing was read: the flow must run on this clock (FlowOptions.Scheduler), and so must its clients (clock.TimeProvider)");
        }

        return string.Concat(lines.Select(static line => $"{Environment.NewLine}- {line}"));
    }

    private string Waiting(SourceProgress source, DateTimeOffset now) => source.Queued == 0
        ? "nothing waits in it"
        : string.Create(
            CultureInfo.InvariantCulture, $"{source.Queued} wait in it, the first since {(now - source.Lag - _origin).Ticks}");
}
