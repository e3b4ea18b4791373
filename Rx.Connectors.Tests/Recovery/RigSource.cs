using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Counts from 0 in each partition of a <see cref="Rig"/>; what it gives depends on the position it is built with alone.</summary>
internal sealed class RigSource(Rig rig) : FixedPartitionedSource<string, int>
{
    /// <summary>What a worker lists; null for all partitions of the rig.</summary>
    public Func<int, int, CancellationToken, ValueTask<IReadOnlyList<string>>>? List { get; set; }

    public IObservable<Unit>? Changes { get; set; }

    /// <summary>What a partition signals by.</summary>
    public Func<string, IObservable<Unit>?>? Signals { get; set; }

    /// <summary>What closing a partition waits for.</summary>
    public Func<string, Task>? Closing { get; set; }

    public override IReadOnlyList<string> ListPartitions() => [.. rig.Parts.Keys];

    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken)
    {
        rig.Note($"list {workerIndex}/{workerCount}");
        return List?.Invoke(workerIndex, workerCount, cancellationToken) ?? new(ListPartitions());
    }

    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) => Changes;

    public override StatefulSourcePartition<string, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        rig.Note($"build {partition} {resumeState}");
        return new Partition(this, rig, partition, resumeState);
    }

    private sealed class Partition(RigSource source, Rig rig, string key, ResumeState<int> resume)
        : StatefulSourcePartition<string, int>
    {
        private int _next = resume.GetValueOrDefault(0);
        private bool _isDisposed;
        private IScheduler? _clock;

        public override DateTimeOffset? NextAwake
        {
            get
            {
                rig.Note($"awake {key}");
                return rig.Pace is { } pace ? _clock!.Now + pace(key, _next) : null;
            }
        }

        public override IObservable<Unit>? Available => source.Signals?.Invoke(key);

        public override void Start(IScheduler scheduler)
        {
            _clock = scheduler;
            rig.Note($"start {key}");
        }

        public override IReadOnlyList<string>? NextBatch()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            rig.Note($"poll {key} {_next}");
            var left = rig.Parts[key] - _next;
            if (left <= 0)
            {
                return rig.Endless.Contains(key) ? [] : null;
            }

            var batch = Enumerable.Range(_next, Math.Min(rig.MaxBatchSize, left)).Select(i => $"{key}:{i}").ToArray();
            _next += batch.Length;
            return batch;
        }

        public override ResumeState<int> Snapshot()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            rig.Note($"snapshot {key} {_next}");
            return _next == 0 ? ResumeState<int>.None : _next;
        }

        public override void OnCommitted(int position)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            rig.Note($"committed {key} {position}");
        }

        public override async ValueTask DisposeAsync()
        {
            if (source.Closing?.Invoke(key) is { } closing)
            {
                await closing;
            }

            Dispose();
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
