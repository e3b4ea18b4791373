using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>P4, P7, P14, P16: what workers send to each other, and what each has of its own.</summary>
public sealed class ExchangeTests
{
    [Fact]
    public void P14_the_order_of_each_partition_and_key_is_kept_by_any_number_of_workers() =>
        Gen.Select(Gen.Int[0, 40].Array[1, 5], Gen.Int[1, 5], Gen.Int[1, 6], Gen.Int[1, 4], Gen.Int[0, 9]).Sample(
            (sizes, workers, sinks, capacity, pace) =>
            {
                var rig = new Rig([.. sizes.Select((size, i) => ($"p{i}", size))])
                {
                    Workers = workers,
                    ExchangeCapacity = capacity,
                    Pace = (key, next) => (((next * pace) + key[^1]) % 7).Ticks(),
                    Store = null,
                };
                rig.Sink = new RigSink(rig, sinks);
                _ = rig.RunToEnd();
                rig.AssertExact();
            },
            iter: 500);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void P4_no_more_than_ExchangeCapacity_batches_of_a_partition_are_on_their_way(int capacity)
    {
        var clock = new VirtualScheduler();
        var rig = new Rig(("a", 120), ("b", 0)) { Clock = clock, Workers = 2, ExchangeCapacity = capacity, Store = null, Endless = { "b" } };
        var most = 0;
        var polled = 0;
        var taken = 0;
        rig.On = line =>
        {
            polled += line.StartsWith("poll a", StringComparison.Ordinal) ? 1 : 0;
            most = Math.Max(most, polled - taken);
        };
        // All go to the one partition of the second worker, which is slow.
        var slow = Bridge.ToBatches<string>(async (_, _) =>
        {
            await EndOfSourceTests.Later(clock, 50);
            taken++;
        }).ToSink();
        var flow = new Dataflow("rig");
        rig.Source.List = (worker, _, _) => new([worker == 0 ? "a" : "b"]);
        var sink = new OneOf(slow);
        flow.Input("in", rig.Source).Output("out", sink, item => item);
        var run = rig.Start(flow);
        clock.AdvanceTo(50_000);
        run.Stop();
        clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(40, taken);
        // One more poll may have been made that found the end.
        Assert.Equal(capacity, most);
    }

    [Fact]
    public void P7_P16_each_worker_builds_its_own_of_dynamic_sources_and_sinks_once_and_nothing_of_them_is_stored()
    {
        var rig = new Rig(("a", 9)) { Workers = 3 };
        var log = new List<string>();
        var sink = new PerWorker((worker, item) => log.Add($"{worker} {item}"));
        var source = new PerWorkerSource();
        var flow = new Dataflow("rig");
        flow.Input("dynamic", source).Output("own", sink);
        flow.Input("in", rig.Source).Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(["dynamic 0/3", "dynamic 1/3", "dynamic 2/3"], source.Log);
        Assert.Equal(["build own 0/3", "build own 1/3", "build own 2/3"], sink.Log);
        Assert.Equal(["0 from 0", "1 from 1", "2 from 2"], log.Order());
        Assert.DoesNotContain(rig.Store!.States.Keys, key => key.Step is "dynamic" or "own");
        rig.AssertExact();
    }

    [Fact]
    public void P16_a_dynamic_sink_is_written_at_least_once_over_a_crash()
    {
        var rig = new Rig(("a", 30)) { MaxEpochItems = 6, Pace = (_, _) => 10.Ticks(), Workers = 2 };
        var log = new List<string>();
        var crash = 20;
        for (var i = 0; i < 2; i++)
        {
            var flow = new Dataflow("rig");
            flow.Input("in", rig.Source).Output("own", new PerWorker((_, item) =>
            {
                if (crash-- == 0)
                {
                    throw new IOException("crash");
                }

                log.Add(item);
            }));
            var run = rig.Start(flow);
            rig.Clock.Start();
            Assert.Equal(i == 0, run.Completion.IsFaulted);
        }

        Assert.Equal(30, log.Distinct().Count());
        Assert.InRange(log.Count, 31, 30 + 6 + 3);
    }

    [Fact]
    public void P8_two_sources_and_two_sinks_with_the_same_partition_keys_keep_their_positions_apart()
    {
        var rig = new Rig(("a", 12)) { MaxEpochItems = 3, Workers = 2 };
        var second = new RigSink(rig, 2);
        for (var i = 0; i < 2; i++)
        {
            rig.On = line => _ = line == "write out1 a:9" && i == 0 ? throw new IOException("crash") : 0;
            var flow = new Dataflow("rig");
            flow.Input("in", rig.Source).Output("out", rig.Sink, item => item);
            flow.Input("in2", new RigSource(rig)).Output("out2", second, item => item);
            var run = rig.Start(flow);
            rig.Clock.Start();
            Assert.Equal(i == 0, run.Completion.IsFaulted);
        }

        rig.AssertExact();
        Assert.Equal(rig.Sink.All, second.All);
    }

    private sealed class PerWorkerSource : DynamicSource<string>
    {
        public List<string> Log { get; } = [];

        public override StatelessSourcePartition<string> Build(string stepId, int workerIndex, int workerCount)
        {
            Log.Add($"{stepId} {workerIndex}/{workerCount}");
            return new Partition(workerIndex);
        }

        private sealed class Partition(int worker) : StatelessSourcePartition<string>
        {
            private int _polls;

            public override IReadOnlyList<string>? NextBatch() => _polls++ == 0 ? [$"from {worker}"] : null;
        }
    }
}
