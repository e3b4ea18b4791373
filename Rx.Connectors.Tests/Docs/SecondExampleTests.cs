using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The README's second example, killed again and again, loses nothing and repeats nothing.</summary>
[Trait("speed", "slow")]
public sealed class SecondExampleTests : IDisposable
{
    private const int Orders = 1_200;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task S5_K7_killed_and_started_again_it_writes_every_line_once()
    {
        var lines = 0;
        for (var kills = 0; kills < 3; kills++)
        {
            using var process = PlaygroundProcess.StartProgram("SecondExample", _folder.Path, $"{Orders}");
            var enough = lines + 100;
            while ((lines = Lines().Length) < Math.Min(enough, Expected.Length))
            {
                await Task.Delay(10);
            }

            process.Kill();
            await process.ExitAsync();
        }

        var exit = await PlaygroundProcess.RunProgramAsync("SecondExample", _folder.Path, $"{Orders}");
        Assert.Equal((0, ""), (exit.Code, exit.Error));
        Assert.Equal(Expected, Lines());
    }

    private static string[] Expected => [.. Enumerable.Range(1, Orders).Where(number => number % 3 > 0)
        .SelectMany(number => Enumerable.Range(1, number % 4).Select(line => $"{number}.{line}"))];

    private string[] Lines() => File.Exists(_folder["lines.txt"]) ? File.ReadAllLines(_folder["lines.txt"]) : [];
}
