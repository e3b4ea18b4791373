using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Recordings;

public sealed class WatchTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly Recording _recording;

    public WatchTests() => _recording = new Recording(_clock);

    [Fact]
    public void Watch_partition_asks_once_for_each_ask_and_records_every_poll()
    {
        var inner = new Asked(new SourceStatus { Queued = 3, Dropped = 2 }) { Batches = new([[1, 2], [], null]) };
        var partition = _recording.Watch(inner, "in/a");
        partition.Start(_clock);
        _ = partition.NextAwake;
        _ = partition.NextBatch();
        inner.Awake = _clock.Now.AddTicks(30);
        _ = partition.NextAwake;
        _ = partition.NextBatch();
        Assert.Null(partition.NextBatch());
        Assert.Equal(2, inner.AwakeAsked);
        Assert.Same(inner.Signal, partition.Available);
        Assert.Equal(inner.Status, partition.Status);
        Assert.Same(_clock, inner.Clock);
        Assert.Equal(
            "0 in/a awake []\n0 in/a polled [1 2]\n0 in/a awake [30]\n0 in/a polled []\n0 in/a completed []\n", _recording.ToString());
    }

    [Fact]
    public async Task Watch_partition_passes_on_positions_acks_and_closing()
    {
        var inner = new Asked(default);
        var partition = _recording.Watch(inner, "in/a");
        Assert.False(partition.Snapshot().HasValue);
        inner.Position = 5;
        Assert.Equal(5, partition.Snapshot().Value);
        partition.OnCommitted(5);
        partition.Dispose();
        await partition.DisposeAsync();
        Assert.Equal([5], inner.Acks);
        Assert.Equal(["dispose", "disposeAsync"], inner.Closes);
        Assert.Equal("0 in/a snapshot []\n0 in/a snapshot [5]\n0 in/a acknowledged [5]\n0 in/a closed []\n", _recording.ToString());
    }

    [Fact]
    public void Watch_partition_records_a_failure_and_throws_the_same()
    {
        var inner = new Asked(default) { Batches = new() };
        var partition = _recording.Watch(inner, "in/a");
        Assert.Throws<InvalidOperationException>(() => partition.NextBatch());
        Assert.Equal("0 in/a failed [\"InvalidOperationException: Queue empty.\"]\n", _recording.ToString());
    }

    [Fact]
    public void Watch_partition_reads_a_batch_once_and_lets_it_fail_where_it_fails()
    {
        var made = new List<int>();
        var source = new OneSource(new Asked(default) { Batches = new([[1, 2, 3]]) }).Select((_, item) =>
        {
            made.Add(item);
            return item < 3 ? item * 10 : throw new IOException("three");
        });
        var batch = _recording.Watch(source).BuildPartition("in", "a", ResumeState<int>.None).NextBatch()!;
        var read = new List<int>();
        Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < batch.Count; i++)
            {
                read.Add(batch[i]);
            }
        });
        Assert.Equal([10, 20], read);
        Assert.Equal([1, 2, 3], made);
        Assert.Equal("0 in/a opened []\n0 in/a polled [10 20]\n0 in/a failed [\"IOException: three\"]\n", _recording.ToString());
    }

    [Fact]
    public void Watch_sink_records_what_was_confirmed_of_a_write_that_failed()
    {
        var error = new SinkWriteException([0, 2], [new FailedWrite(1, new IOException("full"))], []);
        var sink = _recording.Watch(new OneSink(_clock, error)).Build("out", 1, 2);
        Assert.Same(error, Assert.Throws<SinkWriteException>(() => sink.WriteBatch(["a", "b", "c"])));
        Assert.Equal(
            ["0 out/1 opened []", "0 out/1 writing [a b c]", "40 out/1 confirmed [a c]"],
            _recording.Events.Take(3).Select(one => one.ToString()));
        Assert.Equal((40, RecordedKind.Failed, 4), (_recording.Events[3].Time, _recording.Events[3].Kind, _recording.Events.Count));
    }

    [Fact]
    public void Watch_sink_records_when_a_write_was_confirmed()
    {
        _recording.Watch(new OneSink(_clock, null)).Build("out", 0, 1).WriteBatch(["a"]);
        Assert.EndsWith("0 out/0 writing [a]\n40 out/0 confirmed [a]\n", _recording.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_a_write_that_a_crash_throws_out_has_neither_ended_nor_failed()
    {
        var sink = _recording.Watch(new OneSink(_clock, null)).Build("out", 0, 1);
        _clock.At(10, _clock.Halt);
        Assert.Throws<HaltedException>(() => sink.WriteBatch(["a"]));
        Assert.EndsWith("0 out/0 writing [a]\n", _recording.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_observable_passes_on_what_breaks_the_grammar()
    {
        var heard = new List<string>();
        var bad = new Bad();
        var subscription = _recording.Watch(bad, "client", RecordedKind.Delivered, item => $"<{item}>")
            .SubscribeSafe(new Heard(heard));
        subscription.Dispose();
        subscription.Dispose();
        Assert.Equal(["next 1", "end", "next 2"], heard);
        Assert.Equal(
            "0 client opened []\n0 client delivered [<1>]\n0 client completed []\n0 client delivered [<2>]\n0 client closed []\n",
            _recording.ToString());
    }

    private sealed class Bad : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            observer.OnNext(1);
            observer.OnCompleted();
            observer.OnNext(2);
            return System.Reactive.Disposables.Disposable.Empty;
        }
    }

    private sealed class Heard(List<string> heard) : IObserver<int>
    {
        public void OnCompleted() => heard.Add("end");

        public void OnError(Exception error) => heard.Add("error");

        public void OnNext(int value) => heard.Add($"next {value}");
    }

    private sealed class Asked(SourceStatus status) : StatefulSourcePartition<int, int>
    {
        public int AwakeAsked { get; private set; }

        public DateTimeOffset? Awake { get; set; }

        public ResumeState<int> Position { get; set; }

        public Queue<int[]?> Batches { get; init; } = new();

        public Subject<Unit> Signal { get; } = new();

        public IScheduler? Clock { get; private set; }

        public List<int> Acks { get; } = [];

        public List<string> Closes { get; } = [];

        public override DateTimeOffset? NextAwake
        {
            get
            {
                AwakeAsked++;
                return Awake;
            }
        }

        public override IObservable<Unit>? Available => Signal;

        public override SourceStatus Status => status;

        public override void Start(IScheduler scheduler) => Clock = scheduler;

        public override IReadOnlyList<int>? NextBatch() => Batches.Dequeue();

        public override ResumeState<int> Snapshot() => Position;

        public override void OnCommitted(int position) => Acks.Add(position);

        public override ValueTask DisposeAsync()
        {
            Closes.Add("disposeAsync");
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing) => Closes.Add("dispose");
    }

    private sealed class OneSource(StatefulSourcePartition<int, int> partition) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["a"];

        public override StatefulSourcePartition<int, int> BuildPartition(
            string stepId, string key, ResumeState<int> resumeState) => partition;
    }

    private sealed class OneSink(VirtualScheduler clock, Exception? error) : DynamicSink<string>
    {
        public override StatelessSinkPartition<string> Build(string stepId, int workerIndex, int workerCount) => new Partition(clock, error);

        private sealed class Partition(VirtualScheduler clock, Exception? error) : StatelessSinkPartition<string>
        {
            public override void WriteBatch(IReadOnlyList<string> items)
            {
                var written = false;
                clock.At(clock.Clock + 40, () => written = true);
                clock.RunUntil(() => written, null, "a write");
                if (error is not null)
                {
                    throw error;
                }
            }
        }
    }
}
