using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>
/// Keeps what is written beyond a crash, as a file would: a partition that is built from a position cuts what was written after
/// it, and one that is built from none refuses to add to what it does not know of.
/// </summary>
internal sealed class KeptSink(params string[] partitions) : FixedPartitionedSink<string, int>
{
    private readonly Dictionary<string, List<string>> _written = partitions.ToDictionary(key => key, _ => new List<string>());

    /// <summary>Called before each write, for a sink that fails or crashes there.</summary>
    public Action<string>? BeforeWrite { get; set; }

    public Func<CancellationToken, ValueTask>? Flush { get; set; }

    public List<string> Log { get; } = [];

    public IEnumerable<string> All => partitions.SelectMany(key => _written[key]);

    public IReadOnlyList<string> Of(string partition) => _written[partition];

    public override IReadOnlyList<string> ListPartitions() => partitions;

    public override StatefulSinkPartition<string, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        var written = _written[partition];
        lock (Log)
        {
            Log.Add($"built {partition} from {resumeState}");
        }

        if (resumeState.TryGetValue(out var position))
        {
            if (position > written.Count)
            {
                throw new InvalidDataException($"'{partition}' holds {written.Count} items, and the position is {position}.");
            }

            written.RemoveRange(position, written.Count - position);
        }
        else if (written.Count > 0)
        {
            throw new InvalidDataException($"'{partition}' holds {written.Count} items of an unknown writer.");
        }

        return new Partition(this, partition, written);
    }

    private sealed class Partition(KeptSink sink, string key, List<string> written) : StatefulSinkPartition<string, int>
    {
        private int _position = written.Count;

        public override void WriteBatch(IReadOnlyList<string> items)
        {
            foreach (var item in items)
            {
                sink.BeforeWrite?.Invoke(item);
                written.Add(item);
            }

            _position = written.Count;
        }

        public override ResumeState<int> Snapshot()
        {
            lock (sink.Log)
            {
                sink.Log.Add($"snapshot {key} {_position}");
            }

            return _position;
        }

        public override ValueTask FlushAsync(CancellationToken cancellationToken) =>
            sink.Flush?.Invoke(cancellationToken) ?? ValueTask.CompletedTask;
    }
}
