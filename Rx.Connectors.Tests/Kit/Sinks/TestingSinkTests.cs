using System.Diagnostics;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Sinks;

/// <summary>P27: sinks that keep what is written.</summary>
public sealed class TestingSinkTests(ITestOutputHelper output)
{
    [Fact]
    public void P27_a_sink_appends_over_workers_and_runs()
    {
        var sink = new TestingSink<int>();
        using var first = sink.Build("out", 0, 2);
        using var second = sink.Build("out", 1, 2);
        first.WriteBatch([1, 2]);
        second.WriteBatch([3]);
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.WriteBatch([4]));
        Assert.Equal([1, 2, 3], sink.Items);
    }

    [Fact]
    public void P27_many_threads_may_write()
    {
        var sink = new TestingSink<int>();
        Parallel.For(0, 8, worker =>
        {
            using var partition = sink.Build("out", worker, 8);
            for (var i = 0; i < 1_000; i++)
            {
                partition.WriteBatch([i]);
            }
        });
        Assert.Equal(8_000, sink.Items.Count);
    }

    [Fact]
    public void K7_a_partition_is_cut_to_its_position()
    {
        var sink = new TestingPartitionedSink<int>("a", "b");
        using (var partition = sink.BuildPartition("out", "a", default))
        {
            partition.WriteBatch([1, 2]);
            Assert.Equal(2, partition.Snapshot());
            partition.WriteBatch([3]);
        }

        using var resumed = sink.BuildPartition("out", "a", 2);
        resumed.WriteBatch([4]);
        Assert.Equal([1, 2, 4], sink.ItemsOf("a"));
        Assert.Equal([1, 2, 4], sink.Items);
        Assert.Equal(["a", "b"], sink.ListPartitions());
    }

    [Fact]
    public void A_partition_refuses_what_it_does_not_know()
    {
        var sink = new TestingPartitionedSink<int>();
        sink.BuildPartition("out", "out", default).WriteBatch([1]);
        Assert.Throws<InvalidDataException>(() => sink.BuildPartition("out", "out", default));
        Assert.Throws<InvalidDataException>(() => sink.BuildPartition("out", "out", 2));
        Assert.Throws<ArgumentException>(() => sink.BuildPartition("out", "other", default));
        Assert.Throws<ArgumentException>(() => new TestingPartitionedSink<int>("a", "a"));
    }

    [Theory]
    [InlineData(60)]
    [Trait("speed", "slow")]
    public void A_year_of_polling_passes_in_seconds(int seconds)
    {
        var clock = new VirtualScheduler();
        var sink = new TestingSink<long>();
        var interval = TimeSpan.FromSeconds(seconds);
        var polls = (long)(TimeSpan.FromDays(365) / interval);
        var flow = new Dataflow("year");
        flow.Input("in", new Polls(clock, interval, polls)).Output("out", sink);
        var watch = Stopwatch.StartNew();
        var result = clock.RunToEnd(flow.Start(new FlowOptions { Scheduler = clock }));
        output.WriteLine($"{polls} polls, {clock.Actions} actions: {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.Equal(polls, sink.Items.Count);
        Assert.Equal((polls - 1) * interval.Ticks, sink.Items[^1]);
        Assert.InRange(result.Elapsed, TimeSpan.FromDays(365) - interval, TimeSpan.FromDays(365) + interval);
    }

    private sealed class Polls(VirtualScheduler clock, TimeSpan interval, long count) : SimplePollingSource<long, long>(interval)
    {
        private long _next;

        protected override Polled<long> NextItem() => _next++ < count ? clock.Clock : Polled<long>.End;
    }
}
