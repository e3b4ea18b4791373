using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Rules F3 and F6: every single commit is a cut at which sources and sinks agree, whatever happens around it.</summary>
[Trait("speed", "slow")]
public sealed class CutTests
{
    private static readonly Gen<(int[] Sizes, int Sinks, int Workers, int Epoch, int Items, int Slow, int Capacity, (int Line, int How)[] Runs, int Seed)> _runs =
        Gen.Select(
            Gen.Select(Gen.Int[0, 40].Array[1, 5], Gen.Int[1, 5], Gen.Int[1, 5]),
            Gen.Select(Gen.Int[0, 60], Gen.Int[1, 40], Gen.Int[0, 20], Gen.Int[1, 5]),
            Gen.Select(Gen.Int[0, 400], Gen.Int[0, 3]).Array[0, 4],
            Gen.Int[0, 1 << 20],
            (shape, epoch, runs, seed) => (shape.Item1, shape.Item2, shape.Item3, epoch.Item1, epoch.Item2, epoch.Item3, epoch.Item4,
                runs.Select(run => (run.Item1, run.Item2)).ToArray(), seed));

    [Fact]
    public void F3_every_commit_of_every_run_holds_a_consistent_cut_with_restarts_failures_stops_and_aborts() =>
        _runs.Sample(
            one =>
            {
                var (rig, _) = RunAll(one);
                Assert.Null(rig.Store!.Fault);
                rig.AssertExact();
            },
            iter: 800);

    [Fact]
    public void F6_the_same_runs_leave_the_same_log_line_for_line() =>
        _runs.Sample(
            one =>
            {
                var (first, times) = RunAll(one);
                var (second, again) = RunAll(one);
                Assert.Equal(times, again);
                Assert.Equal(first.Log, second.Log);
            },
            iter: 100);

    [Fact]
    public void F3_one_item_for_several_sinks_is_cut_at_one_place_too() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 4], Gen.Int[1, 30], Gen.Int[0, 100]).Sample(
            (size, workers, epoch, crash) =>
            {
                var rig = new Rig(("a", size), ("b", size / 2)) { Workers = workers, Epoch = epoch.Ticks(), Pace = (_, next) => (next % 7).Ticks() };
                var second = new RigSink(rig, 3, "copy");
                var left = crash;
                rig.On = line => _ = line.StartsWith("write", StringComparison.Ordinal) && left-- == 0 ? throw new IOException("crash") : 0;
                Go();
                rig.On = null;
                Assert.True(Go().IsCompletedSuccessfully);
                rig.AssertExact();
                Assert.Equal(rig.Sink.All.Order(StringComparer.Ordinal), second.All.Order(StringComparer.Ordinal));

                Task<FlowResult> Go()
                {
                    var flow = new Dataflow("rig");
                    var items = flow.Input("in", rig.Source);
                    items.Output("out", rig.Sink, item => item);
                    items.Where(item => item.StartsWith('a')).Merge(items.Where(item => !item.StartsWith('a'))).Output("copy", second, item => item);
                    var run = rig.Start(flow);
                    rig.Clock.Start();
                    return run.Completion;
                }
            },
            iter: 200);

    private static (Rig Rig, List<long> Times) RunAll(
        (int[] Sizes, int Sinks, int Workers, int Epoch, int Items, int Slow, int Capacity, (int Line, int How)[] Runs, int Seed) one)
    {
        var rig = new Rig([.. one.Sizes.Select((size, i) => ($"p{i}", size))])
        {
            Workers = one.Workers,
            Epoch = one.Epoch.Ticks(),
            MaxEpochItems = one.Items,
            ExchangeCapacity = one.Capacity,
            Pace = (key, next) => (((next * 7) + key[^1]) % 11).Ticks(),
            Restart = new RestartOptions { Backoff = new BackoffOptions { BaseDelay = 5.Ticks(), MaxDelay = 50.Ticks() } },
            CloseTimeout = 1_000.Ticks(),
        };
        rig.Sink = new RigSink(rig, one.Sinks);
        rig.Store!.ChecksCut = true;
        rig.Store.Commit = (_, _) => one.Slow == 0 ? Task.CompletedTask : EndOfSourceTests.Later(rig.Clock, one.Slow);
        rig.Sink.Flush = (_, _) => one.Slow % 3 == 0 ? Task.CompletedTask : EndOfSourceTests.Later(rig.Clock, one.Slow);
        var random = new Random(one.Seed);
        var times = new List<long>();
        foreach (var (at, how) in one.Runs.Append((int.MaxValue, 0)))
        {
            var lines = at;
            var failures = at == int.MaxValue ? 0 : 5;
            rig.On = line =>
            {
                // Failures that pass, at any call of a source partition and of the store.
                if (failures > 0 && (line.StartsWith("poll", StringComparison.Ordinal) || line.StartsWith("commit ", StringComparison.Ordinal)
                        || line.StartsWith("durable", StringComparison.Ordinal)) && random.Next(15) == 0)
                {
                    failures--;
                    throw new IOException("passes");
                }

                if (lines-- == 0)
                {
                    switch (how)
                    {
                        case 0: throw new InvalidOperationException("crashed");
                        case 1: rig.Last!.Abort(); break;
                        case 2: rig.Last!.Stop(); break;
                        default: _ = rig.Last!.CloseEpochAsync(); break;
                    }
                }
            };
            var run = rig.Start();
            rig.Clock.Start();
            Assert.True(run.Completion.IsCompleted, "The run hangs.");
            times.Add(rig.Clock.Clock);
        }

        Assert.True(rig.Last!.Completion.IsCompletedSuccessfully, rig.Last.Completion.Exception?.ToString());
        return (rig, times);
    }
}
