using Rx.Connectors.Tests.Docs;
using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests;

/// <summary>
/// Threads that meet in the mailbox, in a bridge and in a position log, in every order with few interruptions, and not only in those that
/// a machine happens to take. <c>Races/</c> is a copy of the library in which a lock says who goes on.
/// </summary>
[Trait("speed", "slow")]
public sealed class RaceTests
{
    /// <summary>Each fault, and how the names of the races begin that must find it.</summary>
    public static TheoryData<string, string> Faults
    {
        get
        {
            var faults = new TheoryData<string, string>();
            var name = "";
            foreach (var line in File.ReadLines(Path.Combine(Pages.Root, "Rx.Connectors.Tests", "Races", "faults.txt")))
            {
                name = line.StartsWith("== ", StringComparison.Ordinal) ? line[3..] : name;
                if (line.StartsWith("race ", StringComparison.Ordinal))
                {
                    faults.Add(name, line[5..]);
                }
            }

            return faults;
        }
    }

    [Theory]
    [InlineData("mailbox")]
    [InlineData("bridge")]
    [InlineData("positions")]
    public async Task Nothing_goes_wrong_in_any_order(string races)
    {
        var lines = await RunAsync("none", races);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(": all right in [0-9]{3,} orders$", line));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_in_a_copy_of_the_library_is_found(string fault, string races)
    {
        var lines = await RunAsync(fault, races);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(": wrong in order ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_kind_of_race_has_a_fault_to_find() => Assert.Equal(
        ["bridge", "mailbox", "positions", "runs"], Faults.Select(one => one.Data.Item2.Split(':')[0]).Distinct().Order(StringComparer.Ordinal));

    private static async Task<string[]> RunAsync(string fault, string races)
    {
        var exit = await PlaygroundProcess.RunProgramAsync("Races", fault, races);
        Assert.True(exit.Code == 0, exit.Error);
        return exit.OutputLines;
    }
}
