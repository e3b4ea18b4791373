using System.Diagnostics;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The programs of docs/tutorial.md do what the page says.</summary>
public sealed class TutorialTests
{
    [Fact]
    [Trait("speed", "slow")]
    public async Task The_first_program_sends_five_alerts_and_ends()
    {
        var exit = await PlaygroundProcess.RunProgramAsync("TutorialFirst");
        Assert.Equal((0, ""), (exit.Code, exit.Error));
        Assert.Equal(
            [
                "sent: quote 1 is at 107", "sent: quote 4 is at 108", "sent: quote 7 is at 109", "sent: quote 11 is at 107",
                "sent: quote 14 is at 108", "Completed: 5 alerts sent",
            ],
            exit.OutputLines);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task The_program_is_stopped_and_goes_on_where_it_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C cannot be sent to another process there.");
        using var folder = new TempFolder();
        var first = await RunUntilAlertAsync(folder.Path, 2);
        var second = await RunUntilAlertAsync(folder.Path, 2);
        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Equal($"Stopped: {first.OutputLines.Length - 1} alerts sent", first.OutputLines[^1]);
        string[] sent = [.. first.OutputLines[..^1], .. second.OutputLines[..^1]];
        var expected = Enumerable.Range(0, int.MaxValue).Where(number => number % 10 is 1 or 4 or 7).Take(sent.Length)
            .Select(number => $"sent: quote {number} is at {100 + (number * 7 % 10)}");
        Assert.Equal(expected, sent);
    }

    /// <summary>Runs the tutorial's program in a folder, and sends it a Ctrl+C when it has sent some alerts.</summary>
    private static async Task<PlaygroundExit> RunUntilAlertAsync(string folder, int alerts)
    {
        using var timeout = new CancellationTokenSource(Times.Patience);
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", PlaygroundProcess.Assembly("Tutorial")])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var lines = new List<string>();
        while (lines.Count < alerts && await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            lines.Add(line);
        }

        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(timeout.Token);
        }

        lines.Add(await process.StandardOutput.ReadToEndAsync(timeout.Token));
        var error = await process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return new PlaygroundExit(process.ExitCode, string.Join('\n', lines), error);
    }
}
