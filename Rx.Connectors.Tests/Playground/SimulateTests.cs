using System.Text.Json;
using Xunit;

namespace Rx.Connectors.Tests.Playground;

[Trait("speed", "slow")]
public sealed class SimulateTests
{
    [Fact]
    public async Task Json_is_one_object_with_the_names_that_scripts_read()
    {
        var exit = await PlaygroundProcess.RunAsync("simulate", "--seeds", "20", "--json");

        Assert.True(exit.Code == 0, exit.Error);
        var report = JsonDocument.Parse(Assert.Single(exit.OutputLines)).RootElement;
        Assert.Equal(
            ["seeds", "crashes", "items", "lost", "duplicated", "virtual_s", "elapsed_s", "failed_seeds"],
            report.EnumerateObject().Select(one => one.Name));
        Assert.Equal(20, report.GetProperty("seeds").GetInt32());
        Assert.Equal(0, report.GetProperty("lost").GetInt64());
        Assert.Empty(report.GetProperty("failed_seeds").EnumerateArray());
        Assert.True(report.GetProperty("crashes").GetInt64() > 0);
        Assert.True(report.GetProperty("items").GetInt64() > 0);
    }

    [Fact]
    public async Task A_case_is_simulated_by_itself()
    {
        var exit = await PlaygroundProcess.RunAsync("simulate", "--seed", "7:items=3,crashes=1");

        Assert.True(exit.Code == 0, exit.Error);
        Assert.StartsWith("1 seeds in ", Assert.Single(exit.OutputLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seed", "x")]
    [InlineData("--seed", "1:items=0")]
    [InlineData("--seeds", "0")]
    public async Task A_bad_option_is_one_line_and_exit_code_2(string option, string value)
    {
        var exit = await PlaygroundProcess.RunAsync("simulate", option, value);

        Assert.Equal(2, exit.Code);
        Assert.Empty(exit.Output);
        Assert.Contains(value, Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_smaller_case_does_not_go_with_a_number_of_seeds()
    {
        var exit = await PlaygroundProcess.RunAsync("simulate", "--seed", "1:items=3", "--seeds", "5");

        Assert.Equal(2, exit.Code);
        Assert.StartsWith("--seed 1:items=3 is one case", Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
    }
}
