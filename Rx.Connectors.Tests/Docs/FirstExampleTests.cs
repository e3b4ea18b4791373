using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The README's first example does what the README says.</summary>
public sealed class FirstExampleTests
{
    [Fact]
    [Trait("speed", "slow")]
    public async Task The_first_example_prints_each_change_of_the_price_and_ends()
    {
        var exit = await PlaygroundProcess.RunProgramAsync("FirstExample");
        Assert.Equal((0, ""), (exit.Code, exit.Error));
        Assert.Equal(["price 100", "price 101", "price 102"], exit.OutputLines);
    }

    [Fact]
    public void The_first_example_has_at_most_15_lines()
    {
        var readme = File.ReadAllLines(Path.Combine(Pages.Root, "README.md"));
        var begin = Array.IndexOf(readme, "```csharp");
        Assert.InRange(Array.IndexOf(readme, "```", begin) - begin - 1, 5, 15);
    }
}
