using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A source of named partitions that do what they are told, and the log of what the worker asked of them.</summary>
internal sealed class LoggedSource(List<string> log, params (string Key, Func<LoggedPartition> Make)[] partitions)
    : FixedPartitionedSource<int, int>
{
    public override IReadOnlyList<string> ListPartitions()
    {
        log.Add("list");
        return [.. partitions.Select(one => one.Key)];
    }

    public override StatefulSourcePartition<int, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        log.Add($"build {partition}");
        var built = partitions.First(one => one.Key == partition).Make();
        built.Name = partition;
        built.Log = log;
        return built;
    }
}

/// <summary>Answers each poll from a list; the last answer is the end.</summary>
internal sealed class LoggedPartition(params int[]?[] batches) : StatefulSourcePartition<int, int>
{
    private readonly Queue<int[]?> _batches = new(batches);
    private IScheduler? _clock;

    public string Name { get; set; } = "";

    public List<string> Log { get; set; } = [];

    public Func<DateTimeOffset?>? Awake { get; init; }

    public Subject<Unit>? Signals { get; init; }

    public Exception? Failure { get; init; }

    public Exception? CloseFailure { get; init; }

    public Exception? SignalFailure { get; init; }

    public override DateTimeOffset? NextAwake => Awake?.Invoke();

    public override IObservable<Unit>? Available => SignalFailure is null ? Signals : throw SignalFailure;

    public override void Start(IScheduler scheduler)
    {
        _clock = scheduler;
        Log.Add($"start {Name}");
    }

    public override IReadOnlyList<int>? NextBatch()
    {
        Log.Add($"poll {Name} at {_clock!.Now.Ticks}");
        if (_batches.TryDequeue(out var batch))
        {
            return batch;
        }

        return Failure is null ? null : throw Failure;
    }

    public override ResumeState<int> Snapshot() => ResumeState<int>.None;

    protected override void Dispose(bool disposing)
    {
        Log.Add($"close {Name}");
        if (CloseFailure is not null)
        {
            throw CloseFailure;
        }
    }
}

/// <summary>A sink that keeps what it was given, by partition.</summary>
internal sealed class ListSink(params string[] partitions) : FixedPartitionedSink<string, int>
{
    public Dictionary<string, List<IReadOnlyList<string>>> Batches { get; } = [];

    public List<string> Closed { get; } = [];

    public override IReadOnlyList<string> ListPartitions() => partitions;

    public override StatefulSinkPartition<string, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        Batches.Add(partition, []);
        return new Partition(this, partition);
    }

    private sealed class Partition(ListSink sink, string name) : StatefulSinkPartition<string, int>
    {
        public override void WriteBatch(IReadOnlyList<string> items) => sink.Batches[name].Add([.. items]);

        public override ResumeState<int> Snapshot() => sink.Batches[name].Sum(batch => batch.Count);

        protected override void Dispose(bool disposing) => sink.Closed.Add(name);
    }
}
