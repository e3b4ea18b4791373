using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Simulations;

[Trait("speed", "slow")]
public sealed class SimulationTests
{
    // Enough that every kind of source, sink and crash occurs; the full run is a command.
    private const int Seeds = 400;

    [Fact]
    public void Nothing_is_lost_and_nothing_is_duplicated_whatever_crashes()
    {
        var report = Simulation.RunMany(Seeds);

        Assert.Empty(report.Failed.Select(one => $"{one.Case}: {one.Lost} lost, {one.Duplicated} duplicated. {string.Join(' ', one.Faults)}"));
        Assert.True(report.Crashes >= Seeds, $"Only {report.Crashes} crashes.");
        Assert.True(report.Repeated > 0, "At least once was never put to the test.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_recording_byte_for_byte() => Gen.ULong[0, 100_000].Sample(
        seed => Assert.Equal(Simulation.Record(new SimulationCase(seed)).ToString(), Simulation.Record(new SimulationCase(seed)).ToString()),
        iter: 100);

    [Fact]
    public void The_same_seed_gives_the_same_recording_on_any_machine()
    {
        var all = string.Concat(Enumerable.Range(0, 30).Select(seed => Simulation.Record(new SimulationCase((ulong)seed)).ToString()));

        // A change of the library or of the simulator changes it; another machine, culture or run does not.
        Assert.Equal("3C59BFF7E6506F19", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16]);
    }

    [Fact]
    public void What_is_recorded_is_what_is_run()
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            var result = Simulation.Run(new SimulationCase(seed));
            var crashes = Simulation.Record(new SimulationCase(seed)).Events.Count(one => one.Kind == RecordedKind.Crashed);
            Assert.Equal(result.Crashes, crashes);
        }
    }

    [Fact]
    public void Results_do_not_depend_on_the_order_of_the_seeds()
    {
        var (forth, back) = (Simulation.RunMany(40), Simulation.RunMany([.. Enumerable.Range(0, 40).Reverse().Select(i => new SimulationCase((ulong)i))]));

        Assert.Equal(
            (forth.Seeds, forth.Crashes, forth.Items, forth.Lost, forth.Duplicated, forth.Repeated, forth.VirtualTime),
            (back.Seeds, back.Crashes, back.Items, back.Lost, back.Duplicated, back.Repeated, back.VirtualTime));
    }

    [Fact]
    public void A_case_that_is_right_is_not_made_smaller() =>
        Assert.Equal(new SimulationCase(3), Simulation.Shrink(new SimulationCase(3)));

    [Fact]
    public void A_case_is_read_back_from_its_text() => Gen
        .Select(Gen.ULong, Gen.Int[1, 9], Gen.Int[0, 3], Gen.Int[0, 1], Gen.Bool)
        .Sample((seed, items, crashes, faults, isLimited) =>
        {
            var one = isLimited
                ? new SimulationCase(seed) { Items = items, Crashes = crashes, Faults = faults, Workers = items, Sinks = items } : new(seed);
            Assert.Equal(one, SimulationCase.Parse(one.ToString()));
        });

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1:")]
    [InlineData("1:items=0")]
    [InlineData("1:items")]
    [InlineData("1:apples=3")]
    public void A_text_that_is_no_case_is_refused(string text)
    {
        var error = Assert.Throws<FormatException>(() => SimulationCase.Parse(text));

        Assert.Contains("\"4711:items=3,crashes=1\"", error.Message, StringComparison.Ordinal);
    }
}
