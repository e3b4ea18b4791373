using System.Diagnostics;
using Rx.Connectors.Benchmarks;
using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests.Benchmarks;

/// <summary>How contenders take turns, each in a process of its own.</summary>
[Trait("speed", "slow")]
public sealed class TurnTests
{
    [Fact]
    public void A_child_takes_a_turn_whenever_it_is_asked()
    {
        using var first = Start(turns: 2);
        using var second = Start(turns: 2);
        Assert.Equal(Environment.ProcessorCount, first.WaitUntilWarm());
        second.WaitUntilWarm();
        Assert.Equal([1, 1, 2, 2], [Turn(first), Turn(second), Turn(second), Turn(first)]);
        Assert.True(first.CpuTime > TimeSpan.Zero);
    }

    [Fact]
    public void A_child_that_ends_in_its_turn_is_an_error_that_names_it()
    {
        using var child = Start(turns: 1);
        child.WaitUntilWarm();
        Turn(child);
        for (var again = 0; again < 2; again++)
        {
            var error = Assert.Throws<InvalidOperationException>(child.TakeTurn);
            Assert.Equal("The process of the child ended with exit code 7 before its turn was over.", error.Message);
        }
    }

    [Fact]
    public void A_child_ends_with_its_parents_interest()
    {
        var child = Start(turns: 1);
        child.WaitUntilWarm();
        using var process = Process.GetProcessById(child.Id);
        child.Dispose();
        Assert.True(process.HasExited);
    }

    [Fact]
    public void What_is_asked_is_answered_line_by_line()
    {
        var results = new StringWriter { NewLine = "\n" };
        var turn = 0;
        Turns.Take(new StringReader("turn\nturn\n"), results, () => new Measured { ["a"] = ++turn });
        Assert.Equal($$"""{"cores":{{Environment.ProcessorCount}}}{{"\n"}}{"a":1}{{"\n"}}{"a":2}{{"\n"}}""", results.ToString());
    }

    private static TurnProcess Start(int turns) => TurnProcess.Start(
        "the child", new ProcessStartInfo("dotnet", ["exec", PlaygroundProcess.Assembly("TurnTaker"), $"{turns}"]));

    private static double Turn(TurnProcess process) => process.TakeTurn()["turn"];
}
