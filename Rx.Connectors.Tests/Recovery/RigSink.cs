using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Keeps what is written beyond a crash, as a file would, and cuts it to the position it is built with.</summary>
internal sealed class RigSink(Rig rig, int partitions, string prefix = "out") : FixedPartitionedSink<string, int>
{
    private readonly Dictionary<string, List<string>> _written =
        Enumerable.Range(0, partitions).ToDictionary(i => $"{prefix}{i}", _ => new List<string>());

    /// <summary>What a flush waits for.</summary>
    public Func<string, CancellationToken, Task>? Flush { get; set; }

    public IEnumerable<string> All => _written.Keys.SelectMany(Of);

    public IReadOnlyList<string> Of(string partition)
    {
        var written = _written[partition];
        lock (written)
        {
            return [.. written];
        }
    }

    public override IReadOnlyList<string> ListPartitions() => [.. _written.Keys];

    public override StatefulSinkPartition<string, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        rig.Note($"build {partition} {resumeState}");
        var written = _written[partition];
        lock (written)
        {
            if (resumeState.TryGetValue(out var position) && position <= written.Count)
            {
                written.RemoveRange(position, written.Count - position);
            }
            else if (written.Count > 0 || resumeState.GetValueOrDefault(0) > 0)
            {
                throw new InvalidDataException($"'{partition}' holds {written.Count} items, and the position is {resumeState}.");
            }
        }

        return new Partition(this, rig, partition, written);
    }

    private sealed class Partition(RigSink sink, Rig rig, string key, List<string> written) : StatefulSinkPartition<string, int>
    {
        private bool _isDisposed;

        public override void WriteBatch(IReadOnlyList<string> items)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            foreach (var item in items)
            {
                rig.Note($"write {key} {item}");
                lock (written)
                {
                    written.Add(item);
                }
            }
        }

        public override ResumeState<int> Snapshot()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            rig.Note($"snapshot {key} {written.Count}");
            return written.Count;
        }

        public override async ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            rig.Note($"flush {key}");
            if (sink.Flush?.Invoke(key, cancellationToken) is { } flush)
            {
                await flush;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                rig.Note($"close {key}");
            }
        }
    }
}
