using System.Reactive.Concurrency;
using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules S2, S5 and S6 for chains of operators that nobody has thought of.</summary>
[Trait("speed", "slow")]
public sealed class CompositionTests
{
    private const int Length = 30;

    private delegate PositionedObservable<int, int> Link(PositionedObservable<int, int> source, IScheduler clock);

    private static readonly Link[] _links =
    [
        (source, _) => source.Select(i => i + 1),
        (source, _) => source.Where(i => i % 3 != 0),
        (source, _) => source.Where(i => i % 5 > 2),
        (source, _) => source.DroppingAtOnce(items => Observable.Where(items, item => item.Value % 4 != 1)),
        (source, clock) => source.Delay(3.Ticks(), clock).AsPositioned(),
        (source, clock) => source.ObserveOn(clock).AsPositioned(),
        (source, _) => source.SelectMany(i => Enumerable.Range(i * 3, i % 4)),
        (source, _) => source.SelectMany(i => Enumerable.Repeat(i, 2)),
        (source, clock) => source.SelectAsync((i, _) => Later(clock, (i * 7) % 5, i), 3),
        (source, _) => source.SelectAsync((i, _) => Task.FromResult(i), 2),
        (source, _) => source.Scan(0, (sum, i) => (sum + i) % 1_000),
    ];

    private static readonly Gen<(int[] Chain, int MaxBatchSize, int More, bool Hot, bool Hurried, int Seed)> _runs = Gen.Select(
        Gen.Int[0, _links.Length - 1].Array[0, 4], Gen.Int[1, 9], Gen.Int[0, 9], Gen.Bool, Gen.Bool, Gen.Int[0, 10_000]);

    [Fact]
    public void S5_any_chain_cut_anywhere_equals_uncut() => _runs.Sample(
        run => CutAnywhere.Check((VirtualScheduler clock, ResumeState<int> resume) => Build(run, clock, resume), run.Seed),
        iter: 1_000);

    [Fact]
    public void S5_any_chain_cut_twice_equals_uncut() => _runs.Sample(
        run => CutAnywhere.CheckTwice((VirtualScheduler clock, ResumeState<int> resume) => Build(run, clock, resume), run.Seed),
        iter: 1_000);

    [Fact]
    public void S2_S8_any_chain_polled_only_when_it_asks_gives_what_the_same_steps_give_on_a_list() => _runs.Sample(
        run =>
        {
            var clock = new VirtualScheduler();
            using var partition = Build(run, clock, ResumeState<int>.None);
            using var host = new PollHost<int>(partition, clock);
            clock.Start();
            Assert.Null(host.Error);
            Assert.True(host.IsComplete);
            Assert.Equal(run.Chain.Aggregate(Enumerable.Range(0, Length), OnList), host.Items);
        },
        iter: 3_000);

    private static IEnumerable<int> OnList(IEnumerable<int> items, int link) => link switch
    {
        0 => items.Select(i => i + 1),
        1 => items.Where(i => i % 3 != 0),
        2 => items.Where(i => i % 5 > 2),
        3 => items.Where(i => i % 4 != 1),
        6 => items.SelectMany(i => Enumerable.Range(i * 3, i % 4)),
        7 => items.SelectMany(i => Enumerable.Repeat(i, 2)),
        10 => Sums(items),
        _ => items,
    };

    private static IEnumerable<int> Sums(IEnumerable<int> items)
    {
        var sum = 0;
        foreach (var item in items)
        {
            yield return sum = (sum + item) % 1_000;
        }
    }

    private static StatefulSourcePartition<int, int> Build(
        (int[] Chain, int MaxBatchSize, int More, bool Hot, bool Hurried, int Seed) run, VirtualScheduler clock,
        ResumeState<int> resume)
    {
        var from = resume.GetValueOrDefault(0);
        var pace = run.Hurried && !run.Hot ? 0 : 1;
        var start = clock.Clock;
        var steps = Enumerable.Range(from, Math.Max(0, Length - from)).Select(i => new Step(start + ((i - from) * pace), i))
            .Append(new Step(start + ((Length - from) * pace), null, Ends: true));
        var bridge = run.Hot
            ? Bridge.From(Observable.Defer(() => Script.Play(clock, steps)), i => i + 1)
            : Bridge.From(new ScriptedClient<int>(clock, steps), i => i + 1);
        return bridge
            .Query(source => run.Chain.Aggregate(source, (chain, link) => _links[link](chain, clock)))
            .ToPartition(resume, new BridgeOptions
            {
                MaxBatchSize = run.MaxBatchSize,
                // A hot client is not to overflow here.
                Capacity = run.Hot ? 100_000 : run.MaxBatchSize + run.More,
                MaxBatchDelay = run.Seed % 3 == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(run.Seed % 3),
            });
    }

    private static Task<int> Later(IScheduler clock, int delay, int value)
    {
        var completion = new TaskCompletionSource<int>();
        clock.Schedule(TimeSpan.FromTicks(delay), () => completion.SetResult(value));
        return completion.Task;
    }
}
