using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules S5 and S12 where an input is cut, fails half-way, or is refused.</summary>
public sealed class PositionCutTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    [Trait("speed", "slow")]
    public void S5_a_second_cut_before_the_input_of_the_first_keeps_the_first() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[0, 1_000]).Sample(
            (count, seed) => CutAnywhere.CheckTwice(
                (VirtualScheduler clock, ResumeState<int> resume) =>
                {
                    var from = resume.GetValueOrDefault(0);
                    var steps = Enumerable.Range(from, 24 - from).Select(i => new Step(clock.Clock + i - from, i))
                        .Append(new Step(clock.Clock + 24 - from, null, Ends: true));
                    return Bridge.From(new ScriptedClient<int>(clock, steps), i => i + 1)
                        .Query(source => source.Where(i => i % 4 == 3).SelectMany(i => Enumerable.Range(i * 10, 6)))
                        .ToPartition(resume, new BridgeOptions { MaxBatchSize = count, MaxBatchDelay = TimeSpan.Zero });
                },
                seed),
            iter: 200);

    [Fact]
    public void S5_a_second_cut_after_the_input_of_the_first_moves_past_it()
    {
        var resume = ResumeState<int>.None;
        foreach (var expected in new[] { 1, 21, 41 })
        {
            using var source = new Subject<int>();
            using var partition = Bridge.From(source, i => i + 1)
                .Query(items => items.SelectMany(i => Enumerable.Range(i * 10, 4)).Where(part => part % 20 == 1))
                .ToPartition(resume, new BridgeOptions { MaxBatchSize = 1, MaxBatchDelay = TimeSpan.Zero });
            partition.Start(_clock);
            for (var i = resume.GetValueOrDefault(0); i < 6; i++)
            {
                source.OnNext(i);
            }

            Assert.Equal([expected], partition.NextBatch());
            resume = partition.Snapshot();
        }
    }

    [Fact]
    public void S5_an_input_whose_parts_overflow_is_not_passed()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(items => Observable.SelectMany(items, item => Enumerable.Range(0, 5).Select(part => item.WithValue((item.Value * 10) + part))))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 8, Capacity = 8 });
        partition.Start(_clock);
        source.OnNext(0);
        source.OnNext(1);
        Assert.Equal([0, 1, 2, 3, 4, 10, 11, 12], partition.NextBatch());
        Assert.Throws<BridgeOverflowException>(() => partition.NextBatch());
        Assert.Equal(Cut.At<int>(1, 1, 3), partition.Snapshot());
    }

    [Fact]
    public void S5_an_input_whose_parts_fail_half_way_is_not_passed()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(items => Observable.SelectMany(items, item => Enumerable.Range(0, 5).Select(
                part => part == 3 ? throw new IOException() : item.WithValue((item.Value * 10) + part))))
            .ToPartition(ResumeState<int>.None);
        partition.Start(_clock);
        source.OnNext(0);
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Throws<IOException>(() => partition.NextBatch());
        Assert.Equal(Cut.At<int>(ResumeState<int>.None, 1, 3), partition.Snapshot());
    }

    [Fact]
    public void S5_an_input_that_SelectAsync_found_no_room_for_is_not_passed()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(items => items.SelectAsync((i, _) => Task.FromResult(i), 1))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 3, Capacity = 3 });
        partition.Start(_clock);
        for (var i = 0; i < 5; i++)
        {
            source.OnNext(i);
        }

        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Throws<BridgeOverflowException>(() => partition.NextBatch());
        Assert.Equal(new ResumeState<int>(3), partition.Snapshot());
    }

    [Fact]
    public void S12_a_dropped_part_does_not_move_the_position_past_its_siblings()
    {
        using var source = new Subject<int>();
        var snapshot = ResumeState<int>.None;
        StatefulSourcePartition<int, int> partition = null!;
        partition = Bridge.From(source, i => i + 1)
            .Query(items => Parts(items).Where(part =>
            {
                // As a poll on another thread might, in the middle of an input.
                partition.NextBatch();
                snapshot = partition.Snapshot();
                return part == 1;
            }))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        using var used = partition;
        partition.Start(_clock);
        source.OnNext(0);
        Assert.Equal(ResumeState<int>.None, snapshot);
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(1), partition.Snapshot());
    }

    [Fact]
    public void S12_a_part_that_comes_after_the_position_has_passed_its_input_is_caught()
    {
        using var source = new Subject<int>();
        StatefulSourcePartition<int, int> partition = null!;
        partition = Bridge.From(source, i => i + 1)
            .Query(items => Parts(items.Delay(5.Ticks(), _clock)).Where(part =>
            {
                partition.NextBatch();
                return part == 1;
            }))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        using var used = partition;
        partition.Start(_clock);
        source.OnNext(0);
        _clock.AdvanceBy(5);
        Assert.Contains("a second time", Assert.Throws<PositionOrderException>(() => partition.NextBatch()).Message, StringComparison.Ordinal);
    }

    // Made with With, which cannot tell that others follow.
    private static PositionedObservable<int, int> Parts(IObservable<Positioned<int, int>> items) =>
        Observable.SelectMany(items, item => Enumerable.Range(0, 2).Select(part => item.WithValue(part))).AsPositioned();
}
