using System.Globalization;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Docs;
using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Simulations;

/// <summary>
/// The simulator is itself tested: each fault of <c>Mutants/faults.txt</c>, put into a copy of the library's code, must be found. The
/// copy is a program of its own, so that the library has no switch.
/// </summary>
[Trait("speed", "slow")]
public sealed class FaultTests
{
    private const int Seeds = 1000;

    public static TheoryData<string> Faults =>
        [.. File.ReadLines(Path.Combine(Pages.Root, "Rx.Connectors.Tests", "Mutants", "faults.txt"))
            .Where(line => line.StartsWith("== ", StringComparison.Ordinal)).Select(line => line[3..])];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_in_a_copy_of_the_library_is_found(string fault)
    {
        var lines = await RunAsync(fault, Seeds, "shrink");

        Assert.StartsWith("seed ", lines[0], StringComparison.Ordinal);
        var seed = ulong.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var shrunk = SimulationCase.Parse(lines[1]["shrunk ".Length..]);
        Assert.Equal(seed, shrunk.Seed);
        // In the library as it is there is nothing to find there.
        Assert.True(Simulation.Run(new SimulationCase(seed)).IsRight);
        Assert.True(Simulation.Run(shrunk).IsRight);
    }

    [Fact]
    public async Task A_copy_without_a_fault_is_right() => Assert.Equal(["none"], await RunAsync("none", 100));

    [Fact]
    public void There_are_at_least_ten_faults() => Assert.True(Faults.Count >= 10);

    private static async Task<string[]> RunAsync(string fault, int seeds, params string[] more)
    {
        var exit = await PlaygroundProcess.RunProgramAsync("Mutants", [fault, seeds.ToString(CultureInfo.InvariantCulture), .. more]);
        Assert.True(exit.Code == 0, exit.Error);
        return exit.OutputLines;
    }
}
