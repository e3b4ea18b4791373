using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Playground.Files;

/// <summary>Another source, slowed down to so many items a second over all of its partitions.</summary>
internal sealed class PacedSource<T, TPosition>(FixedPartitionedSource<T, TPosition> source, int rate) : FixedPartitionedSource<T, TPosition>
{
    private readonly Lock _gate = new();
    private DateTimeOffset _next;

    public override IReadOnlyList<string> ListPartitions() => source.ListPartitions();

    public override StatefulSourcePartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState) =>
        new Partition(this, source.BuildPartition(stepId, partition, resumeState));

    private DateTimeOffset Next()
    {
        lock (_gate)
        {
            return _next;
        }
    }

    private void Took(int items, DateTimeOffset now)
    {
        lock (_gate)
        {
            _next = (now > _next ? now : _next) + TimeSpan.FromSeconds((double)items / rate);
        }
    }

    private sealed class Partition(PacedSource<T, TPosition> pace, StatefulSourcePartition<T, TPosition> inner)
        : StatefulSourcePartition<T, TPosition>
    {
        private IScheduler _clock = Scheduler.Immediate;

        public override DateTimeOffset? NextAwake => pace.Next();

        public override SourceStatus Status => inner.Status;

        public override void Start(IScheduler scheduler)
        {
            _clock = scheduler;
            inner.Start(scheduler);
        }

        public override IReadOnlyList<T>? NextBatch()
        {
            var now = _clock.Now;
            if (now < pace.Next())
            {
                return [];
            }

            var batch = inner.NextBatch();
            pace.Took(batch?.Count ?? 0, now);
            return batch;
        }

        public override ResumeState<TPosition> Snapshot() => inner.Snapshot();

        public override ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return inner.DisposeAsync();
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
