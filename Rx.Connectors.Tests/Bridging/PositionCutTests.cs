using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules S5 and S12 where an input is cut, fails half-way, or is refused.</summary>
public sealed class PositionCutTests
{
    private readonly VirtualClock _clock = new();

    [Fact]
    public void S5_a_second_cut_before_the_input_of_the_first_keeps_the_first() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[0, 1_000]).Sample(
            (count, seed) => CutAnywhere.CheckTwice(
                (VirtualClock clock, ResumeState<QueryPosition<int>> resume) =>
                {
                    var from = resume.ForClient().GetValueOrDefault(0);
                    var steps = Enumerable.Range(from, 24 - from).Select(i => new Step(clock.Clock + i - from, i))
                        .Append(new Step(clock.Clock + 24 - from, null, Ends: true));
                    return Bridge.From(new ScriptedClient<int>(clock, steps), i => i + 1)
                        .Query(source => source.Where(i => i % 4 == 3).SelectMany(i => Enumerable.Range(i * 10, 6)))
                        .ToPartition(resume, new BridgeOptions { MaxCount = count, MaxDelay = TimeSpan.Zero });
                },
                seed),
            iter: 200);

    // Made with With, which cannot tell that others follow.
    private static PositionedObservable<int, int> Parts(IObservable<Positioned<int, int>> items) =>
        Observable.SelectMany(items, item => Enumerable.Range(0, 2).Select(part => item.With(part))).AsPositioned();
}
