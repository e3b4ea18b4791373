using System.Diagnostics;
using System.Text;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Stdio;

/// <summary>A real process between real pipes: docs/stdio-and-demo.md's example.</summary>
[Trait("speed", "slow")]
public sealed class StdioProcessTests
{
    [Fact]
    public async Task P25_lines_go_in_and_come_out_of_a_process_and_it_ends_with_its_input()
    {
        using var process = Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var lines = Enumerable.Range(0, 5_000).Select(i => $"line {i} äöü €").ToArray();
        await process.StandardInput.WriteAsync(string.Join('\n', lines));
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Times.Patience);
        Assert.Equal((0, ""), (process.ExitCode, await error));
        Assert.Equal(lines.Select(line => line.ToUpperInvariant()), (await output).Split('\n')[..^1]);
    }

    [Fact]
    public async Task P25_a_line_comes_out_while_the_input_is_still_open()
    {
        using var process = Start();
        await process.StandardInput.WriteLineAsync("one");
        await process.StandardInput.FlushAsync();
        Assert.Equal("ONE", await process.StandardOutput.ReadLineAsync().WaitAsync(Times.Patience));
        process.Kill();
    }

    [Fact]
    public async Task K1_a_pipe_that_nobody_reads_any_more_is_an_error_that_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not tell.");
        using var process = Start();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.Close();
        try
        {
            for (var i = 0; !process.HasExited; i++)
            {
                Assert.True(i < 60_000);
                await process.StandardInput.WriteLineAsync("text");
                await process.StandardInput.FlushAsync();
                await Task.Delay(1);
            }
        }
        catch (IOException)
        {
            // It has gone while it was written to.
        }

        await process.WaitForExitAsync().WaitAsync(Times.Patience);
        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("Standard output could not be written; what read it may have ended.", await error, StringComparison.Ordinal);
    }

    private static Process Start()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(own.Parent!.Parent!.FullName, "StdioExample", own.Name, "StdioExample.dll");
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
        })!;
    }
}
