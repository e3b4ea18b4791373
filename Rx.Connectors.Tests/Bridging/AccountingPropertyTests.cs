using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>
/// Rule S13 over random queries of operators that hold, gather, group, split, delay and drop, with a word or without. Each value
/// carries how much of which inputs it is, so that at every poll the position can be held against what was handed out or declared.
/// </summary>
[Trait("speed", "slow")]
public sealed class AccountingPropertyTests
{
    private const int Length = 20;

    private static readonly Func<IObservable<Positioned<Share[], int>>, Run, IObservable<Positioned<Share[], int>>>[] _operators =
    [
        (source, run) => source.Where(item => run.Keeps(item.Value, isDeclared: false)),
        (source, run) => source.AsPositioned().Where(value => run.Keeps(value, isDeclared: true)),
        (source, run) => source.AsPositioned().DroppingAtOnce(all => all.Where(item => run.Keeps(item.Value, isDeclared: true))),
        (source, run) => source.AsPositioned().DroppingGaps(all => all.Where(item => run.Keeps(item.Value, isDeclared: true))),
        (source, run) => source.Buffer(run.Size).Select(items => items[^1].WithValue(All(items))),
        (source, run) => source.Buffer(run.Size).Select(items => items.Gather(All(items))),
        (source, run) => source.AsPositioned().Gather(run.Size).Select(values => values.SelectMany(value => value).ToArray()),
        (source, run) => source.GroupBy(item => item.Value[0].Input % run.Size)
            .SelectMany(group => group.Buffer(2).Select(items => items.Gather(All(items)))),
        (source, run) => source.GroupBy(item => item.Value[0].Input % run.Size)
            .SelectMany(group => group.Buffer(2).Select(items => items[^1].WithValue(All(items)))),
        (source, run) => source.GroupBy(item => item.Value[0].Input % run.Size).SelectMany(group => group),
        (source, run) => source.Window(run.Size).SelectMany(window => window.ToList()).Where(items => items.Count > 0)
            .Select(items => items.Gather(All(items))),
        (source, run) => source.Buffer(2, 1).Select(items => items.Gather(All(items))),
        (source, run) => source.Delay(run.Size.Ticks(), run.Clock),
        (source, run) => source.AsPositioned().SelectMany(value => new[] { Half(value), Half(value) }),
        (source, run) => source.SelectMany(item => Observable.Timer((item.Value[0].Input % run.Size).Ticks(), run.Clock).Select(_ => item)),
        (source, run) => source.AsPositioned().SelectAsync(async (value, _) =>
        {
            await Observable.Timer((value[0].Input % run.Size).Ticks(), run.Clock);
            return value;
        }, 3),
        (source, run) => source.Publish(shared => Observable.Merge(
            shared.Where(item => item.Value[0].Input % 2 == 0),
            shared.Where(item => item.Value[0].Input % 2 == 1).Delay((run.Size % 2).Ticks(), run.Clock))),
    ];

    private static readonly Gen<(int[] Operators, int Size, int Count, int Seed)> _runs =
        Gen.Select(Gen.Int[0, _operators.Length - 1].Array[1, 4], Gen.Int[1, 4], Gen.Int[1, 5], Gen.Int[0, 1_000]);

    [Fact]
    public void S13_no_position_passes_an_input_that_has_neither_left_nor_been_declared_dropped() => _runs.Sample(
        run =>
        {
            var uncut = Read(run, ResumeState<int>.None);
            foreach (var (values, position) in uncut.Cuts)
            {
                var tail = Read(run, position);
                if (uncut.Error is null && tail.Error is null && !uncut.Overlaps)
                {
                    Assert.Equal(Words(uncut.Values), Words([.. uncut.Values[..values], .. tail.Values]));
                }
            }
        },
        iter: 2_000);

    private static IEnumerable<string> Words(IEnumerable<Share[]> values) => values.Select(value => string.Join(' ', value));

    private static Share[] All(IEnumerable<Positioned<Share[], int>> items) => [.. items.SelectMany(item => item.Value)];

    private static Share[] Half(Share[] value) => [.. value.Select(share => share with { Part = share.Part / 2 })];

    private static Result Read((int[] Operators, int Size, int Count, int Seed) drawn, ResumeState<int> resume)
    {
        var clock = new VirtualScheduler();
        return clock.InOneAction(() => Read(clock, drawn, resume));
    }

    private static Result Read(
        VirtualScheduler clock, (int[] Operators, int Size, int Count, int Seed) drawn, ResumeState<int> resume)
    {
        var from = resume.GetValueOrDefault(0);
        var run = new Run(clock, drawn.Size, resume.Rest?.Input ?? 0);
        var client = new ScriptedClient<int>(clock, Enumerable.Range(from, Length - from).Select(i => new Step(i - from, i))
            .Append(new Step(Length - from, null, Ends: true)));
        using var partition = Bridge.From(client, i => i + 1)
            .Query(source => drawn.Operators.Aggregate(
                (IObservable<Positioned<Share[], int>>)source.Select(i => new[] { new Share(i, 1) }), (query, i) => _operators[i](query, run)))
            .ToPartition(resume, new BridgeOptions { MaxBatchSize = drawn.Count, MaxBatchDelay = TimeSpan.Zero });
        partition.Start(clock);
        var random = new Random(drawn.Seed);
        var values = new List<Share[]>();
        var error = default(Exception);
        var cuts = new List<(int Values, ResumeState<int> Position)> { (0, partition.Snapshot()) };
        while (error is null)
        {
            clock.Pass(random.Next(4));
            try
            {
                if (partition.NextBatch() is not { } batch)
                {
                    break;
                }

                values.AddRange(batch);
            }
            catch (PositionOrderException broken)
            {
                error = broken;
            }

            cuts.Add((values.Count, partition.Snapshot()));
            run.AssertAccounted(values, from, partition.Snapshot().GetValueOrDefault(0));
        }

        return new Result(values, error, cuts, run.Overlap(values));
    }

    /// <summary>What was handed out, and how much that was and which position before the first poll and after each.</summary>
    /// <param name="Overlaps">Whether an input was in two values of which one was dropped. Where both leave the query that is an error; where one is
    /// dropped for what it holds of an input that is out already, nobody can tell, and a run that begins behind that input makes another value.</param>
    private sealed record Result(
        List<Share[]> Values, Exception? Error, List<(int Values, ResumeState<int> Position)> Cuts, bool Overlaps);

    private readonly record struct Share(int Input, double Part);

    private sealed class Run(VirtualScheduler clock, int size, long inputsBeforeCut)
    {
        private readonly List<Share[]> _dropped = [];

        public VirtualScheduler Clock => clock;

        public int Size => size;

        public bool Keeps(Share[] value, bool isDeclared)
        {
            if (value[0].Input % 3 != 1)
            {
                return true;
            }

            if (isDeclared)
            {
                _dropped.Add(value);
            }

            return false;
        }

        public bool Overlap(List<Share[]> values) => values.Concat(_dropped)
            .SelectMany(value => value.GroupBy(share => share.Input, (input, shares) => (Input: input, Part: shares.Max(share => share.Part))))
            .GroupBy(share => share.Input, share => share.Part).Any(parts => parts.Sum() > 1);

        public void AssertAccounted(List<Share[]> values, int from, int position)
        {
            var parts = values.SelectMany(value => value).Concat(_dropped.SelectMany(value => value)).ToLookup(share => share.Input, share => share.Part);
            for (var i = from; i < position; i++)
            {
                // In a run that was cut within this input, parts of it were handed out before.
                Assert.True(parts[i].Sum() >= 1 || i - from < inputsBeforeCut, $"input {i} was passed by position {position}, with {parts[i].Sum()} of it accounted for");
            }
        }
    }
}
