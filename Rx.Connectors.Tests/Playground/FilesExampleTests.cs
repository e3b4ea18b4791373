using System.Diagnostics;
using System.Text.Json;
using Rx.Connectors.Tests.Docs;
using Xunit;

namespace Rx.Connectors.Tests.Playground;

/// <summary>The files example as a user starts it, kills it and starts it again.</summary>
[Trait("speed", "slow")]
public sealed class FilesExampleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("files-example-").FullName;

    private string In => Path.Combine(_directory, "in");

    private string Out => Path.Combine(_directory, "out.txt");

    private string Recovery => Path.Combine(_directory, "positions");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Files_copies_every_line_once_and_a_second_start_finds_nothing_to_do()
    {
        Write("a.txt", "one\r\ntwo\n\nfour");
        Write("b.txt", "");
        Write("c d.txt", "ü\ttab\n");
        var first = await RunAsync("--workers", "3");
        Assert.Equal(["items", "written", "resumed", "epochs", "elapsed_s"], first.EnumerateObject().Select(property => property.Name));
        Assert.Equal((5, 5, false), (Number(first, "items"), Number(first, "written"), first.GetProperty("resumed").GetBoolean()));
        Assert.True(Number(first, "epochs") > 0);
        var written = await File.ReadAllLinesAsync(Out, TestContext.Current.CancellationToken);
        Assert.Equal(["a.txt\tone", "a.txt\ttwo", "a.txt\t", "a.txt\tfour", "c d.txt\tü\ttab"], written.OrderBy(line => line[0]));

        var second = await RunAsync("--workers", "2");
        Assert.Equal((0, 0, true), (Number(second, "items"), Number(second, "written"), second.GetProperty("resumed").GetBoolean()));
        Assert.Equal(written, await File.ReadAllLinesAsync(Out, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("KILL", 8)]
    [InlineData("TERM", 6)]
    public async Task F3_F4_K7_ended_again_and_again_with_other_numbers_of_workers_it_copies_every_line_exactly_once(string signal, int times)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script needs a shell and signals.");
        await RunScriptAsync("kill-files.sh", "--signal", signal, "--kills", $"{times}", "--lines", "60000");
    }

    [Fact]
    public async Task S5_F3_K7_logs_that_are_rotated_at_full_speed_are_followed_exactly_once_however_often_it_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody says which file is which.");
        await RunScriptAsync("kill-follow.sh", "--kills", "5", "--logs", "1", "--burst", "500");
    }

    private static async Task RunScriptAsync(string name, params string[] options)
    {
        using var script = Process.Start(new ProcessStartInfo(
            "bash",
            [Path.Combine(Pages.Root, "Playground", name), .. options, "--playground", PlaygroundProcess.Assembly("Playground")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(script.ExitCode == 0, await error);
        Assert.Equal("exactly once\n", output);
    }

    [Theory]
    [InlineData("--in must be a directory", "--in", "missing")]
    [InlineData("--out must be a file", "--out", "missing/out.txt")]
    [InlineData("--out must be a file", "--out", "")]
    [InlineData("--out must not be in the directory that is read", "--out", "in/out.txt")]
    [InlineData("--recovery must not be in the directory that is read", "--recovery", "in/positions")]
    [InlineData("--out and --recovery must be two different files", "--recovery", "out.txt")]
    [InlineData("--workers", "--workers", "0")]
    [InlineData("--workers", "--workers", "65")]
    [InlineData("--epoch-ms", "--epoch-ms", "x")]
    [InlineData("--rate", "--rate", "-5")]
    public async Task Bad_option_is_one_line_and_exit_code_2_and_nothing_is_written(string message, string option, string value)
    {
        Write("a.txt", "one\n");
        if (option is "--in" or "--out" or "--recovery" && value.Length > 0)
        {
            value = Path.Combine(_directory, value);
        }

        var exit = await PlaygroundProcess.RunAsync(["files", .. Arguments.Where((_, i) => Arguments[i - (i % 2)] != option), option, value]);
        Assert.Equal(2, exit.Code);
        Assert.Empty(exit.Output);
        Assert.Contains(message, Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
        Assert.Equal([In], Directory.GetFileSystemEntries(_directory));
        Assert.Single(Directory.GetFileSystemEntries(In));
    }

    [Fact]
    public async Task A_file_that_the_store_does_not_know_of_is_not_touched()
    {
        Write("a.txt", "one\n");
        await File.WriteAllTextAsync(Out, "somebody's own", TestContext.Current.CancellationToken);
        var exit = await PlaygroundProcess.RunAsync(["files", .. Arguments]);
        Assert.Equal(1, exit.Code);
        Assert.Contains("step 'copy'", exit.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal("somebody's own", await File.ReadAllTextAsync(Out, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_store_of_another_copy_is_refused()
    {
        Write("a.txt", "one\n");
        _ = await RunAsync();
        var exit = await PlaygroundProcess.RunAsync(
            "files", "--in", In, "--out", Path.Combine(_directory, "other.txt"), "--recovery", Recovery);
        Assert.Equal(2, exit.Code);
        Assert.StartsWith("--recovery belongs to another --out", Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory, "other.txt")));
    }

    private string[] Arguments => ["--in", In, "--out", Out, "--recovery", Recovery];

    private static long Number(JsonElement report, string property) => report.GetProperty(property).GetInt64();

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(In);
        File.WriteAllText(Path.Combine(In, name), text);
    }

    private async Task<JsonElement> RunAsync(params string[] more)
    {
        var exit = await PlaygroundProcess.RunAsync(["files", .. Arguments, "--json", .. more]);
        Assert.True(exit.Code == 0, exit.Error);
        using var report = JsonDocument.Parse(Assert.Single(exit.OutputLines));
        return report.RootElement.Clone();
    }
}
