using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Text;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/sinks.md, and that its traps are real.</summary>
public sealed class SinksSnippets
{
    private readonly VirtualScheduler _clock = new();

    private interface IOrderClient
    {
        Task SendAsync(Order order, CancellationToken cancellationToken);

        Task SendAllAsync(IReadOnlyList<Order> orders, CancellationToken cancellationToken);

        IObservable<Unit> Send(Order order);
    }

    [Fact]
    public void Writes_of_items_are_tasks()
    {
        var client = new Client(_clock);

        // snippet: sink-tasks
        var sink = Bridge.To<Order>(client.SendAsync).ToSink(new WriteOptions
        {
            MaxConcurrency = 4,
            MaxRetryAttempts = 3,
            ShouldRetry = error => error is IOException,
        });
        // end-snippet

        Write(sink);
        Assert.Equal([1, 2, 3], client.Sent);
    }

    [Fact]
    public void Writes_of_batches_are_tasks()
    {
        var client = new Client(_clock);

        // snippet: sink-batches
        var sink = Bridge.ToBatches<Order>(client.SendAllAsync).ToSink();
        // end-snippet

        Write(sink);
        Assert.Equal([1, 2, 3], client.Sent);
    }

    [Fact]
    public void Writes_are_observables()
    {
        var client = new Client(_clock);

        // snippet: sink-observable
        var sink = Bridge.To<Order, Unit>(order => client.Send(order)).ToSink();
        // end-snippet

        Write(sink);
        Assert.Equal([1, 2, 3], client.Sent);
    }

    [Fact]
    public void What_was_not_written_is_told()
    {
        Order[] orders = [new(1), new(2), new(3)];
        var rejected = new List<Order>();
        var again = new List<Order>();
        using var partition = Bridge.To<Order>((order, _) => order.Number == 2 ? throw new IOException("full") : Task.CompletedTask)
            .ToPartition();

        // snippet: sink-exception
        try
        {
            partition.WriteBatch(orders);
        }
        catch (SinkWriteException error)
        {
            rejected.AddRange(error.Failed.Select(failed => orders[failed.Index]));
            again.AddRange(error.NotTried.Select(index => orders[index]));
        }
        // end-snippet

        Assert.Equal([orders[1]], rejected);
        Assert.Equal([orders[2]], again);
    }

    [Fact]
    public void K7_line_files_go_back_to_where_they_were()
    {
        var folder = Directory.CreateTempSubdirectory("rx-connectors-").FullName;
        try
        {
            var sink = new LineFiles(folder, 2);
            long position;
            using (var partition = sink.BuildPartition("out", "part-0.txt", ResumeState<long>.None))
            {
                partition.WriteBatch(["one", "two"]);
                position = partition.Snapshot().Value;
                partition.WriteBatch(["lost in the crash"]);
            }

            Assert.Throws<IOException>(() => sink.BuildPartition("out", "part-0.txt", ResumeState<long>.None));
            using (var partition = sink.BuildPartition("out", "part-0.txt", position))
            {
                partition.WriteBatch(["three"]);
            }

            Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(Path.Combine(folder, "part-0.txt")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Keys_choose_files()
    {
        var folder = Directory.CreateTempSubdirectory("rx-connectors-").FullName;
        try
        {
            Visit[] read = [new("a", "1"), new("b", "2"), new("a", "3")];
            var flow = new Dataflow("visits");
            var visits = flow.Input("visits", Bridge.From(read.ToAsyncEnumerable()).ToSource());

            // snippet: sink-keys
            visits.Output("files", new LineFiles(folder, 2), key: visit => visit.User, value: visit => visit.Page);
            // end-snippet

            var result = await flow.RunAsync();
            Assert.Equal(3, result.ItemsWritten);
            // "a" is 6422626 and "b" 6488163 by Adler-32: the first goes to partition 0, the second to 1.
            Assert.Equal("1\n3\n", File.ReadAllText(Path.Combine(folder, "part-0.txt")));
            Assert.Equal("2\n", File.ReadAllText(Path.Combine(folder, "part-1.txt")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_console_sink_writes()
    {
        using var output = new StringWriter();
        using var partition = new TextSink(output).Build("out", 0, 1);
        partition.WriteBatch(["a", "b"]);
        Assert.Equal(["a", "b"], output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_trap_in_virtual_time_what_goes_on_elsewhere_is_not_waited_for()
    {
        // The clock has nothing else to run, so it runs to the timeout while the thread pool has hardly begun.
        using var release = new ManualResetEventSlim();
        using var partition = Bridge.To<int>((_, cancellation) => Task.Run(() => release.Wait(CancellationToken.None), CancellationToken.None)).ToPartition();
        partition.Start(_clock);
        var error = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1]));
        release.Set();
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal(WriteOptions.DefaultTimeout.Ticks, _clock.Clock);
    }

    [Fact]
    public async Task The_trap_a_write_that_blocks_on_its_own_asynchronous_work_waits_for_itself()
    {
        var finished = false;
        using var blocked = new ManualResetEventSlim();
        async Task Work()
        {
            await Task.Yield();
            finished = true;
        }

        using var partition = Bridge.To<int>((_, _) =>
        {
            // A short wait instead of .Wait(), so that this test ends: the continuation needs the thread that waits.
            Assert.False(Work().Wait(100, CancellationToken.None));
            blocked.Set();
            return Task.CompletedTask;
        }).ToPartition();
        await Task.Run(() => partition.WriteBatch([1])).WaitAsync(Times.Patience);
        Assert.True(blocked.IsSet);
        await RealPolls.Until(() => finished);
    }

    private void Write(DynamicSink<Order> sink)
    {
        using var partition = sink.Build("out", 0, 1);
        partition.Start(_clock);
        partition.WriteBatch([new(1), new(2), new(3)]);
    }

    private sealed record Order(int Number);

    private sealed record Visit(string User, string Page);

    private sealed class Client(IScheduler clock) : IOrderClient
    {
        public List<int> Sent { get; } = [];

        public async Task SendAsync(Order order, CancellationToken cancellationToken) => await Send(order);

        public async Task SendAllAsync(IReadOnlyList<Order> orders, CancellationToken cancellationToken)
        {
            foreach (var order in orders)
            {
                await Send(order);
            }
        }

        public IObservable<Unit> Send(Order order) =>
            Observable.Timer(1.Ticks(), clock).Select(_ => Unit.Default).Do(_ => Sent.Add(order.Number));
    }

    // snippet: sink-stateless
    internal sealed class TextSink(TextWriter output) : DynamicSink<string>
    {
        public override StatelessSinkPartition<string> Build(string stepId, int workerIndex, int workerCount) =>
            new Partition(output);

        private sealed class Partition(TextWriter output) : StatelessSinkPartition<string>
        {
            public override void WriteBatch(IReadOnlyList<string> items)
            {
                foreach (var item in items)
                {
                    output.WriteLine(item);
                }

                output.Flush();
            }
        }
    }
    // end-snippet

    // snippet: sink-stateful
    internal sealed class LineFiles(string folder, int count) : FixedPartitionedSink<string, long>
    {
        public override IReadOnlyList<string> ListPartitions() => [.. Enumerable.Range(0, count).Select(i => $"part-{i}.txt")];

        public override StatefulSinkPartition<string, long> BuildPartition(
            string stepId, string partition, ResumeState<long> resumeState)
        {
            var path = Path.Combine(folder, partition);
            // Without a position a file that is not empty is somebody else's; with one, what was written after it is cut off.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var position = resumeState.GetValueOrDefault(0);
            if (resumeState.HasValue ? file.Length < position : file.Length > 0)
            {
                var length = file.Length;
                file.Dispose();
                throw new IOException($"{path} holds {length} bytes, and the position is {resumeState}.");
            }

            file.SetLength(position);
            file.Seek(position, SeekOrigin.Begin);
            return new LineFile(file);
        }
    }

    internal sealed class LineFile(FileStream file) : StatefulSinkPartition<string, long>
    {
        // Returns when the operating system has the lines: they survive the process.
        public override void WriteBatch(IReadOnlyList<string> items) =>
            file.Write(Encoding.UTF8.GetBytes(string.Concat(items.Select(item => item + "\n"))));

        public override ResumeState<long> Snapshot() => file.Position;

        // Ends when they survive the machine. The worker writes on meanwhile.
        public override ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            var handle = file.SafeFileHandle;
            return new(Task.Run(() => RandomAccess.FlushToDisk(handle), cancellationToken));
        }

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
    // end-snippet
}
