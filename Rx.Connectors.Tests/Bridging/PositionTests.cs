using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S5: a snapshot is the position just after the last item handed out, through every kind of query.</summary>
public sealed class PositionTests
{
    private const int Length = 24;

    private delegate IObservable<Positioned<int, int>> Shape(PositionedObservable<int, int> source, IScheduler clock);

    /// <summary>One of each kind in the table of <c>docs/positions.md</c>.</summary>
    private static readonly Dictionary<string, Shape> _shapes = new()
    {
        ["none"] = (source, _) => source,
        ["Select"] = (source, _) => source.Select(i => i * 10),
        ["Rx Select"] = (source, _) => Observable.Select(source, item => item.WithValue(item.Value * 10)),
        ["Where"] = (source, _) => source.Where(i => i % 3 == 0),
        ["Rx Where, at once"] = (source, _) => source.DroppingAtOnce(items => items.Where(item => item.Value % 3 == 0)),
        ["Rx Where, gaps"] = (source, _) => source.DroppingGaps(items => items.Where(item => item.Value % 3 == 0)),
        ["DroppingGaps of Delay"] = (source, clock) =>
            source.DroppingGaps(items => items.Where(item => item.Value % 4 != 1).Delay(3.Ticks(), clock)).Where(i => i % 4 == 2),
        ["DroppingGaps of parts"] = (source, clock) =>
            source.SelectMany(i => Enumerable.Range(i * 10, 3)).DroppingGaps(items => items.Where(item => item.Value % 10 == 1).Delay(3.Ticks(), clock)),
        ["DistinctUntilChanged"] = (source, _) => source.Where(i => i % 2 == 0).DistinctUntilChanged(),
        ["OfType"] = (source, _) => source.Select(i => i % 3 == 0 ? (object)i : "no number").OfType<int>(),
        ["Where, nothing passes"] = (source, _) => source.Where(_ => false),
        ["Do"] = (source, _) => source.Do(_ => { }),
        ["Delay"] = (source, clock) => source.Delay(5.Ticks(), clock),
        ["ObserveOn"] = (source, clock) => source.ObserveOn(clock),
        ["SelectMany"] = (source, _) => source.SelectMany(i => Enumerable.Range(i * 10, i % 4)),
        ["Rx SelectMany"] = (source, _) => source.DroppingAtOnce(items =>
            items.SelectMany(item => Enumerable.Range(item.Value * 10, item.Value % 4).Select(part => item.WithValue(part)))),
        ["SelectMany twice"] = (source, _) =>
            source.SelectMany(i => Enumerable.Range(i, i % 3)).SelectMany(i => Enumerable.Repeat(i, i % 3)),
        ["SelectMany, Where, all parts of some dropped"] = (source, clock) =>
            source.SelectMany(i => Enumerable.Repeat(i, i % 3)).Where(i => i % 5 != 0).Delay(2.Ticks(), clock).AsPositioned().Where(i => i % 7 != 0),
        ["SelectMany, Where"] = (source, _) => source.SelectMany(i => Enumerable.Range(i * 10, 4)).Where(i => i % 2 == 1),
        ["Delay, SelectMany"] = (source, clock) =>
            source.Delay(3.Ticks(), clock).AsPositioned().SelectMany(i => Enumerable.Range(i * 10, i % 4)),
        ["SelectMany, ObserveOn"] = (source, clock) =>
            source.SelectMany(i => Enumerable.Range(i * 10, i % 4)).ObserveOn(clock),
        ["Buffer by count"] = (source, _) => source.Buffer(3).Select(items => items.Gather(items.Sum(item => item.Value))),
        ["Buffer by count, parts"] = (source, _) =>
            source.Buffer(3).SelectMany(items => items.Gather(0).SelectParts(items.Select(item => item.Value))),
        ["Gather"] = (source, _) => source.Gather(3).Select(three => three.Sum()),
        ["Gather twice, what passed"] = (source, clock) =>
            source.Where(i => i % 3 != 1).Gather(2).Delay(3.Ticks(), clock).AsPositioned().Gather(2).Select(twos => twos.Sum(two => two.Sum())),
        ["Gather, SelectMany, Where"] = (source, clock) =>
            source.Gather(4).SelectMany(four => four).Where(i => i % 3 == 1).Delay(2.Ticks(), clock),
        ["SelectMany, Gather of whole inputs"] = (source, _) => source.SelectMany(i => new[] { i, -i }).Gather(4).Select(four => four.Sum()),
        ["GroupBy"] = (source, _) => source.GroupBy(item => item.Value % 3).SelectMany(group => group.Select(item => item.WithValue(item.Value * 10))),
        ["Window, Gather"] = (source, _) =>
            source.Window(5).SelectMany(window => window.ToList()).Where(items => items.Count > 0).Select(items => items.Gather(items.Sum(item => item.Value))),
        ["Publish, a branch for each"] = (source, _) => source.Publish(shared => Observable.Merge(
            shared.Where(item => item.Value % 2 == 0), shared.Where(item => item.Value % 2 == 1).Select(item => item.WithValue(-item.Value)))),
        ["Publish, both let it out at once"] = (source, _) =>
            source.Publish(shared => Observable.Merge(shared, shared.Select(item => item.WithValue(-item.Value)))),
        ["SelectAsync"] = (source, clock) => source.SelectAsync((i, _) => Later(clock, (i * 7) % 5, i), 3),
        ["Scan"] = (source, _) => source.Scan(0, (sum, i) => sum + i),
        ["SelectMany, Scan, Where, Scan"] = (source, _) => source.SelectMany(i => Enumerable.Repeat(i, i % 4))
            .Scan(0, (sum, i) => sum + i).Where(sum => sum % 3 != 0).Scan(100, (sum, i) => sum + (i % 7)),
        ["Where, Scan, Delay, Where"] = (source, clock) =>
            source.Where(i => i % 3 != 0).Scan(0, (sum, i) => sum + i).Delay(4.Ticks(), clock).AsPositioned().Where(sum => sum % 2 == 0),
        ["Scan, gaps, Scan"] = (source, clock) => source.Scan(0, (sum, i) => sum + i)
            .DroppingGaps(items => items.Where(item => item.Value % 3 == 0).Delay(2.Ticks(), clock)).Scan(0, (sum, i) => sum + i),
        ["Scan, Gather"] = (source, _) => source.Scan(0, (sum, i) => sum + i).Gather(3).Select(three => three.Sum()),
        ["Scan, SelectAsync"] = (source, clock) =>
            source.Scan(0, (sum, i) => sum + i).SelectAsync((i, _) => Later(clock, (i * 7) % 5, i), 3).Where(sum => sum % 2 == 0),
        ["Scan, Publish, a branch for each"] = (source, _) => source.Scan(0, (sum, i) => sum + i).Publish(shared => Observable.Merge(
            shared.Where(item => item.Value % 2 == 0), shared.Where(item => item.Value % 2 == 1).Select(item => item.WithValue(-item.Value)))),
        ["SelectAsync, SelectMany"] = (source, clock) =>
            source.SelectAsync((i, _) => Later(clock, (i * 7) % 5, i), 3).SelectMany(i => Enumerable.Range(i * 10, i % 4)),
        ["Where, Delay, Where"] = (source, clock) =>
            source.Where(i => i % 2 == 0).Delay(4.Ticks(), clock).AsPositioned().Where(i => i % 3 == 0),
    };

    public static TheoryData<string> Shapes => [.. _shapes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("speed", "slow")]
    public void S5_cut_anywhere_equals_uncut(string shape) => Gen.Select(Gen.Int[1, 7], Gen.Int[0, 1_000], Gen.Bool).Sample(
        (count, seed, hot) => CutAnywhere.Check((VirtualScheduler clock, ResumeState<int> resume) => Build(_shapes[shape], clock, resume, count, hot), seed),
        iter: 60);

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("speed", "slow")]
    public void S5_cut_twice_equals_uncut(string shape) => Gen.Select(Gen.Int[1, 7], Gen.Int[0, 1_000]).Sample(
        (count, seed) => CutAnywhere.CheckTwice((VirtualScheduler clock, ResumeState<int> resume) => Build(_shapes[shape], clock, resume, count, false), seed),
        iter: 60);

    [Fact]
    public void S5_without_a_query_the_position_is_the_clients_own() => Gen.Select(Gen.Int[1, 7], Gen.Int[0, 1_000]).Sample(
        (count, seed) => CutAnywhere.Check(
            (VirtualScheduler clock, ResumeState<int> resume) => Bridge.From(Client(clock, resume.GetValueOrDefault(0)), i => i + 1)
                .ToPartition(resume, Options(count)),
            seed),
        iter: 100);

    [Fact]
    public void S5_the_position_is_that_of_what_was_handed_out_not_of_what_was_received()
    {
        var clock = new VirtualScheduler();
        using var partition = Bridge.From(Enumerable.Range(0, 1_000).ToAsyncEnumerable(), i => i + 1)
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 10 });
        Assert.Equal(ResumeState<int>.None, partition.Snapshot());
        partition.Start(clock);
        clock.Start();
        Assert.Equal(1_000, partition.Status.Queued);
        Assert.Equal(ResumeState<int>.None, partition.Snapshot());
        partition.NextBatch();
        Assert.Equal(10, partition.Snapshot());
    }

    [Fact]
    public void S5_values_that_Where_dropped_move_the_position_on_though_nothing_is_handed_out()
    {
        var clock = new VirtualScheduler();
        using var partition = Build((source, _) => source.Where(i => i < 5), clock, ResumeState<int>.None, 100, false);
        partition.Start(clock);
        clock.AdvanceTo(Length - 2);
        Assert.Equal([0, 1, 2, 3, 4], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(Length - 1), partition.Snapshot());
    }

    [Fact]
    public void S5_values_that_Rx_Where_dropped_move_the_position_with_the_next_item()
    {
        var clock = new VirtualScheduler();
        using var partition = Build(
            (source, _) => source.DroppingGaps(items => items.Where(item => item.Value is < 5 or 20)), clock, ResumeState<int>.None, 100, false);
        partition.Start(clock);
        clock.AdvanceTo(19);
        Assert.Equal([0, 1, 2, 3, 4], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(5), partition.Snapshot());
        clock.AdvanceTo(20);
        Assert.Equal([20], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(21), partition.Snapshot());
    }

    [Fact]
    public void S5_a_position_does_not_run_ahead_of_an_item_inside_the_query_when_later_ones_are_dropped()
    {
        var clock = new VirtualScheduler();
        using var partition = Build(
            (source, time) => source.Where(i => i < 5).Delay(1_000.Ticks(), time), clock, ResumeState<int>.None, 100, false);
        partition.Start(clock);
        clock.AdvanceTo(500);
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(ResumeState<int>.None, partition.Snapshot());
        clock.AdvanceTo(1_002);
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(3), partition.Snapshot());
        clock.AdvanceTo(1_500);
        Assert.Equal([3, 4], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(Length), partition.Snapshot());
    }

    [Fact]
    public void S5_a_long_dropped_stretch_asks_for_a_poll_so_that_its_position_is_taken_over()
    {
        var clock = new VirtualScheduler();
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1).Query(items => items.Where(_ => false))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 10, Capacity = 50 });
        using var host = new PollHost<int>(partition, clock);
        clock.Start();
        var polls = host.Polls;
        for (var i = 0; i < 175; i++)
        {
            source.OnNext(i);
            clock.Start();
        }

        Assert.Equal(polls + 3, host.Polls);
        Assert.Equal(new ResumeState<int>(150), partition.Snapshot());
    }

    [Fact]
    public void S5_a_batch_cut_between_the_parts_of_one_input_says_how_many_were_handed_out()
    {
        var clock = new VirtualScheduler();
        using var partition = Build(
            (source, _) => source.SelectMany(i => Enumerable.Range(i * 10, 5)), clock, ResumeState<int>.None, 3, false);
        partition.Start(clock);
        clock.AdvanceTo(10);
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Equal(Cut.At<int>(ResumeState<int>.None, 1, 3), partition.Snapshot());
        Assert.Equal([3, 4, 10], partition.NextBatch());
        Assert.Equal(Cut.At<int>(1, 1, 1), partition.Snapshot());
    }

    [Fact]
    public void S5_a_throttled_query_holds_the_position_of_the_last_input_taken_in()
    {
        var clock = new VirtualScheduler();
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1).Query(items => items.Throttle(10.Ticks(), clock))
            .ToPartition(ResumeState<int>.None, Options(10));
        using var host = new PollHost<int>(partition, clock);
        foreach (var (at, item) in new[] { (1, 0), (5, 1), (9, 2), (40, 3), (45, 4) })
        {
            clock.At(at, () => source.OnNext(item));
        }

        clock.AdvanceTo(30);
        Assert.Equal([2], host.Items);
        Assert.Equal(new ResumeState<int>(3), partition.Snapshot());
        clock.AdvanceTo(50);
        Assert.Equal(new ResumeState<int>(3), partition.Snapshot());
        clock.AdvanceTo(60);
        Assert.Equal([2, 4], host.Items);
        Assert.Equal(new ResumeState<int>(5), partition.Snapshot());
    }

    [Fact]
    public void S5_batches_that_a_query_gathered_are_cut_between_each_other() => Gen.Int[0, 1_000].Sample(
        seed => CutAnywhere.Check(
            (VirtualScheduler clock, ResumeState<int> resume) => Bridge.From(Client(clock, resume.GetValueOrDefault(0)), i => i + 1)
                .QueryBatches((source, _) => source.Buffer(3))
                .ToPartition(resume),
            seed),
        iter: 100);

    private static StatefulSourcePartition<int, int> Build(
        Shape shape, VirtualScheduler clock, ResumeState<int> resumeState, int count, bool hot)
    {
        var from = resumeState.GetValueOrDefault(0);
        var bridge = hot
            ? Bridge.From(Observable.Defer(() => Script.Play(clock, Steps(clock.Clock, from))), i => i + 1)
            : Bridge.From(Client(clock, from), i => i + 1);
        return bridge.Query(source => shape(source, clock)).ToPartition(resumeState, Options(count));
    }

    private static ScriptedClient<int> Client(VirtualScheduler clock, int from) => new(clock, Steps(clock.Clock, from));

    private static IEnumerable<Step> Steps(long start, int from) => Enumerable.Range(from, Math.Max(0, Length - from))
        .Select(i => new Step(start + i - from, i))
        .Append(new Step(start + Length - from, null, Ends: true));

    private static BridgeOptions Options(int count) => new() { MaxBatchSize = count, MaxBatchDelay = TimeSpan.Zero };

    private static Task<int> Later(IScheduler clock, int delay, int value)
    {
        var completion = new TaskCompletionSource<int>();
        clock.Schedule(TimeSpan.FromTicks(delay), () => completion.SetResult(value));
        return completion.Task;
    }
}
