using System.Globalization;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>
/// Where one sink writes, as to files: what was written and not flushed may be gone after a crash, from the end. A sink that keeps
/// positions cuts to the one it resumes from.
/// </summary>
internal sealed class SimulatedTarget(SinkPlan plan, Recording? recording)
{
    private readonly List<SimulatedItem>[] _written = [.. Enumerable.Range(0, plan.Partitions).Select(_ => new List<SimulatedItem>())];
    private readonly int[] _durable = new int[plan.Partitions];

    public IReadOnlyList<IReadOnlyList<SimulatedItem>> Written => _written;

    /// <summary>The machine has gone down with the process: of what was not flushed, a part has reached the disk.</summary>
    public void Crash(SeededRandom random)
    {
        for (var i = 0; i < _written.Length; i++)
        {
            var kept = _durable[i] + random.Next(_written[i].Count - _durable[i] + 1);
            _written[i].RemoveRange(kept, _written[i].Count - kept);
        }
    }

    /// <summary>Writes one item to a service, which keeps no position.</summary>
    public async Task WriteAsync(SimulatedProcess process, SimulatedItem item, CancellationToken cancellationToken)
    {
        process.Call();
        await process.Delay(plan.Pace == 0 ? 0 : process.Random.Next(plan.Pace), cancellationToken).ConfigureAwait(true);
        process.Call();
        process.MayFail("A write");
        _written[0].Add(item);
        _durable[0] = _written[0].Count;
        recording?.Add(plan.StepId, RecordedKind.Confirmed, item);
        process.MayFail("The answer to a write");
    }

    public FixedPartitionedSink<SimulatedItem, int> In(SimulatedProcess process) => new Sink(this, plan, process);

    private List<SimulatedItem> Resume(int partition, ResumeState<int> resume)
    {
        var written = _written[partition];
        if (resume.TryGetValue(out var position) ? position > written.Count : written.Count > 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"Partition {partition} holds {written.Count} items, and is resumed from {resume}."));
        }

        written.RemoveRange(resume.GetValueOrDefault(0), written.Count - resume.GetValueOrDefault(0));
        _durable[partition] = Math.Min(_durable[partition], written.Count);
        return written;
    }

    private void Recorded(int partition, RecordedKind kind, object item) =>
        recording?.Add(string.Create(CultureInfo.InvariantCulture, $"{plan.StepId}/{partition}"), kind, item);

    private sealed class Sink(SimulatedTarget target, SinkPlan plan, SimulatedProcess process) : FixedPartitionedSink<SimulatedItem, int>
    {
        public override IReadOnlyList<string> ListPartitions() =>
            [.. Enumerable.Range(0, plan.Partitions).Select(static i => i.ToString(CultureInfo.InvariantCulture))];

        public override StatefulSinkPartition<SimulatedItem, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState)
        {
            process.Call();
            var number = int.Parse(partition, CultureInfo.InvariantCulture);
            return new Partition(target, plan, process, number, target.Resume(number, resumeState));
        }
    }

    private sealed class Partition(
        SimulatedTarget target, SinkPlan plan, SimulatedProcess process, int number, List<SimulatedItem> written)
        : StatefulSinkPartition<SimulatedItem, int>
    {
        public override void WriteBatch(IReadOnlyList<SimulatedItem> items)
        {
            foreach (var item in items)
            {
                process.Call();
                process.MayFail("A write");
                written.Add(item);
                target.Recorded(number, RecordedKind.Confirmed, item);
            }

            if (plan.Pace > 0 && process.Random.OneIn(3))
            {
                // A slow disk: the worker waits, and others go on.
                process.Clock.RunUntil(
                    static () => false, process.Clock.Now.AddTicks(process.Random.Next(plan.Pace) * SimulationPlan.Unit), "a slow write");
            }

            process.Call();
        }

        public override ResumeState<int> Snapshot()
        {
            process.Call();
            target.Recorded(number, RecordedKind.Snapshot, written.Count);
            return written.Count;
        }

        public override async ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            process.Call();
            var flushed = written.Count;
            await process.Delay(process.Random.Next(4), cancellationToken).ConfigureAwait(true);
            process.Call();
            process.MayFail("A flush");
            target._durable[number] = Math.Max(target._durable[number], flushed);
        }
    }
}
