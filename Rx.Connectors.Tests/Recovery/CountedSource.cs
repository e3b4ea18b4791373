using System.Globalization;
using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>
/// Partitions that count from 0 to a number, in batches, and remember nothing themselves: what they give depends on the position
/// they are built with alone.
/// </summary>
internal sealed class CountedSource(params (string Key, int Items)[] partitions) : FixedPartitionedSource<string, int>
{
    public List<(string Key, int Items)> Partitions { get; } = [.. partitions];

    public int MaxBatchSize { get; init; } = 3;

    /// <summary>How long until the next batch, by the partition and what it is about to give.</summary>
    public Func<string, int, TimeSpan>? Pace { get; init; }

    /// <summary>Asked before each poll: what it returns is thrown.</summary>
    public Func<string, int, Exception?>? Failure { get; set; }

    public IObservable<Unit>? Changes { get; init; }

    /// <summary>What happened, as "built a from 3", "committed a 6", "closed a".</summary>
    public List<string> Log { get; } = [];

    public override IReadOnlyList<string> ListPartitions() => [.. Partitions.Select(one => one.Key)];

    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) => Changes;

    public override StatefulSourcePartition<string, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        Note($"built {partition} from {resumeState}");
        return new Partition(this, partition, Partitions.First(one => one.Key == partition).Items, resumeState);
    }

    private void Note(string line)
    {
        lock (Log)
        {
            Log.Add(line);
        }
    }

    private sealed class Partition(CountedSource source, string key, int items, ResumeState<int> resume)
        : StatefulSourcePartition<string, int>
    {
        private int _next = resume.GetValueOrDefault(0);
        private bool _isDisposed;
        private IScheduler? _clock;

        public override DateTimeOffset? NextAwake => source.Pace is { } pace && _next < items ? _clock!.Now + pace(key, _next) : null;

        public override void Start(IScheduler scheduler) => _clock = scheduler;

        public override IReadOnlyList<string>? NextBatch()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (source.Failure?.Invoke(key, _next) is { } failure)
            {
                throw failure;
            }

            if (_next == items)
            {
                return null;
            }

            var batch = Enumerable.Range(_next, Math.Min(source.MaxBatchSize, items - _next))
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"{key}:{i}")).ToArray();
            _next += batch.Length;
            return batch;
        }

        public override ResumeState<int> Snapshot()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _next == 0 ? ResumeState<int>.None : _next;
        }

        public override void OnCommitted(int position)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            source.Note($"committed {key} {position}");
        }

        protected override void Dispose(bool disposing)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                source.Note($"closed {key}");
            }
        }
    }
}
