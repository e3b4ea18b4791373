using Rx.Connectors.Benchmarks;
using Xunit;

namespace Rx.Connectors.Tests.Benchmarks;

/// <summary>When the benchmarks say that a mark is met or missed, and when that the machine is too busy for it.</summary>
public sealed class QuietTests
{
    private const string Stat = """
        cpu  100 20 30 4000 50 6 7 8 90 10
        cpu0 1 1 1 1 1 1 1 1 1 1
        intr 1
        """;

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, 0.3)]
    [InlineData(null, 0.1)]
    [InlineData(0.5, null)]
    [InlineData(null, null)]
    public void A_quiet_machine_is_judged(double? load, double? others) => Assert.Null(Quiet.Refusal(load, others));

    [Fact]
    public void A_load_above_1_is_refused() => Assert.Equal(
        "the load was 3.26 before the start, and at most 1.0 is allowed; wait for a quiet minute", Quiet.Refusal(3.26, others: 0));

    [Fact]
    public void Others_that_use_more_than_0_3_of_a_core_are_refused() => Assert.Equal(
        "other processes used 0.31 of a core meanwhile, and at most 0.3 is allowed; end them, or wait", Quiet.Refusal(0.1, 0.31));

    [Fact]
    public void The_load_is_the_one_of_a_minute() => Assert.Equal(3.26, MachineLoad.ParseLoad("3.26 1.83 1.36 7/173 26225\n"));

    [Fact]
    public void Time_is_what_was_used_and_guests_are_counted_once() =>
        Assert.Equal(TimeSpan.FromMilliseconds(10 * (100 + 20 + 30 + 6 + 7 + 8)), MachineLoad.ParseCpuTime(Stat));

    [Theory]
    [InlineData(12, 10, 4, 0.5)]
    // Ticks are coarse: a little less than this process is nothing.
    [InlineData(9.9, 10, 4, 0.0)]
    // A file of zeros tells nothing.
    [InlineData(0, 10, 4, null)]
    public void Others_used_what_this_process_did_not(double all, double own, double elapsed, double? expected) => Assert.Equal(
        expected, Others.Cores(TimeSpan.FromSeconds(all), TimeSpan.FromSeconds(own), TimeSpan.FromSeconds(elapsed)));

    [Fact]
    public void Where_the_system_does_not_tell_nothing_is_known() =>
        Assert.Null(Others.Cores(all: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
}
