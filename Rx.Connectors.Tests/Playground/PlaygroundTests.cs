using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Rx.Connectors.Tests.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Playground;

[Trait("speed", "slow")]
public sealed class PlaygroundTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("playground-tests-").FullName;

    private string Out => Path.Combine(_directory, "out.jsonl");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task List_names_each_example_on_a_line()
    {
        var exit = await PlaygroundProcess.RunAsync("list");
        Assert.Equal(0, exit.Code);
        Assert.Equal(["websocket", "files", "simulate"], exit.OutputLines.Select(line => line.Split(' ')[0]));
        Assert.All(exit.OutputLines, line => Assert.InRange(line.TrimEnd().Length, 20, 80));
        Assert.Empty(exit.Error);
    }

    [Fact]
    public async Task Websocket_writes_every_trade_exactly_once_and_in_order()
    {
        var exit = await PlaygroundProcess.RunAsync("websocket", "--items", "500", "--json", "--out", Out);
        Assert.True(exit.Code == 0, exit.Error);
        using var report = JsonDocument.Parse(Assert.Single(exit.OutputLines));
        var properties = report.RootElement.EnumerateObject().Select(property => property.Name);
        Assert.Equal(["items", "batches", "written", "elapsed_s"], properties);
        Assert.Equal(500, report.RootElement.GetProperty("items").GetInt64());
        Assert.Equal(500, report.RootElement.GetProperty("written").GetInt64());
        Assert.InRange(report.RootElement.GetProperty("batches").GetInt64(), 7, 500);
        Assert.True(report.RootElement.GetProperty("elapsed_s").GetDouble() > 0);
        Assert.Contains("Every item the server sent was written exactly once (500 sent)", exit.Error, StringComparison.Ordinal);

        var trades = await TradesAsync();
        Assert.Equal(500, trades.Length);
        foreach (var symbol in trades.GroupBy(trade => trade.Symbol, trade => trade.Sequence))
        {
            Assert.Equal(Enumerable.Range(0, symbol.Count()).Select(sequence => (long)sequence), symbol);
        }

        Assert.Equal(["ACME", "BOLT", "CRUX", "DUSK"], trades.Select(trade => trade.Symbol).Distinct().Order());
    }

    [Fact]
    public async Task Without_arguments_the_websocket_example_runs_to_its_end()
    {
        var exit = await PlaygroundProcess.RunAsync();
        Assert.True(exit.Code == 0, exit.Error);
        Assert.Contains("20,000 items read, 20,000 written", exit.Output, StringComparison.Ordinal);
        Assert.Contains("Every item the server sent was written exactly once (20,000 sent)", exit.Output, StringComparison.Ordinal);
        Assert.Empty(exit.Error);
        Directory.Delete(Path.GetDirectoryName(exit.OutputLines[^1])!, recursive: true);
    }

    [Fact]
    public async Task Websocket_overwrites_a_file_that_exists()
    {
        await File.WriteAllTextAsync(Out, "what was here before", TestContext.Current.CancellationToken);
        var exit = await PlaygroundProcess.RunAsync("websocket", "--items", "3", "--out", Out);
        Assert.True(exit.Code == 0, exit.Error);
        Assert.Equal(3, (await TradesAsync()).Length);
        Assert.Contains("Latency p50", exit.Output, StringComparison.Ordinal);
        Assert.Empty(exit.Error);
    }

    [Fact]
    public async Task Websocket_that_is_interrupted_stops_gracefully()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C cannot be sent to another process there.");
        using var process = PlaygroundProcess.Start("websocket", "--items", "1000000", "--json", "--out", Out);
        await ItemsAsync();
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var exit = await process.ExitAsync();
        Assert.True(exit.Code == 0, exit.Error);
        using var report = JsonDocument.Parse(Assert.Single(exit.OutputLines));
        Assert.Equal((await TradesAsync()).Length, report.RootElement.GetProperty("written").GetInt64());
        Assert.Contains("Stopped after", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Websocket_with_url_writes_messages_as_they_are_until_the_server_closes()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, cancellationToken) =>
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes("a \"text\""), WebSocketMessageType.Text, true, cancellationToken);
            await socket.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, true, cancellationToken);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        });
        var exit = await PlaygroundProcess.RunAsync("websocket", "--url", $"{server.Uri}", "--out", Out);
        Assert.True(exit.Code == 0, exit.Error);
        Assert.DoesNotContain("Latency", exit.Output, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(Out, TestContext.Current.CancellationToken);
        Assert.Equal(2, lines.Length);
        Assert.Matches("""^{"received":"[^"]+","text":"a \\"text\\""}$""", lines[0]);
        Assert.Matches("""^{"received":"[^"]+","binary":"AQID"}$""", lines[1]);
    }

    [Fact]
    public async Task Websocket_with_url_ends_after_its_items_though_the_server_goes_on()
    {
        await using var server = await LoopbackWebSocketServer.StartAsync(async (socket, _, cancellationToken) =>
        {
            while (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync("more"u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);
                await Task.Delay(1, cancellationToken);
            }
        });
        var exit = await PlaygroundProcess.RunAsync("websocket", "--url", $"{server.Uri}", "--items", "7", "--out", Out, "--json");
        Assert.True(exit.Code == 0, exit.Error);
        using var report = JsonDocument.Parse(Assert.Single(exit.OutputLines));
        Assert.Equal(7, report.RootElement.GetProperty("items").GetInt64());
        Assert.Equal(7, report.RootElement.GetProperty("written").GetInt64());
        Assert.Equal(7, (await File.ReadAllLinesAsync(Out, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Websocket_that_cannot_connect_says_which_step_and_why()
    {
        // Nothing listens on port 1, which only the system may open.
        var exit = await PlaygroundProcess.RunAsync("websocket", "--url", "ws://127.0.0.1:1/", "--out", Out, "--json");
        Assert.Equal(1, exit.Code);
        Assert.Empty(exit.Output);
        Assert.StartsWith(
            "Flow 'messages', step 'websocket', partition '0': the source failed after 0 items: ws://127.0.0.1:1/",
            // On a busy machine a second may pass before the refusal, and its line of progress stands before the error's.
            Assert.Single(exit.ErrorLines, line => !line.StartsWith("  ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--bogus'", "--bogus")]
    [InlineData("'bogus'", "bogus")]
    [InlineData("'--bogus'", "websocket", "--bogus")]
    [InlineData("'extra'", "websocket", "extra")]
    [InlineData("'@extra'", "websocket", "@extra")]
    [InlineData("--items", "websocket", "--items")]
    [InlineData("--items", "websocket", "--items", "0")]
    [InlineData("--items", "websocket", "--items", "-1")]
    [InlineData("--items", "websocket", "--items", "x")]
    [InlineData("--items", "websocket", "--items", "2147483648")]
    [InlineData("--items", "websocket", "--items", "1", "--items", "2")]
    [InlineData("--url", "websocket", "--url", "http://127.0.0.1:1/")]
    [InlineData("--url", "websocket", "--url", "/trades")]
    [InlineData("--url", "websocket", "--url", "ws://name:password@127.0.0.1:1/")]
    [InlineData("--url", "websocket", "--url", "ws://127.0.0.1:1/", "--recovery", "/tmp/r.db")]
    [InlineData("--recovery", "websocket", "--recovery", "/nowhere/at/all/r.db")]
    [InlineData("--recovery", "websocket", "--recovery", "")]
    [InlineData("--out", "websocket", "--out", "")]
    public async Task Bad_option_is_one_line_and_exit_code_2(string named, params string[] arguments)
    {
        // An option that can be used comes along, so that it shows when something was written in spite of the other.
        var exit = await PlaygroundProcess.RunAsync(
            arguments is ["websocket", ..] && !arguments.Contains("--out") ? [.. arguments, "--out", Out] : arguments);
        Assert.Equal(2, exit.Code);
        Assert.Empty(exit.Output);
        Assert.Contains(named, Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("password", exit.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Out));
    }

    [Theory]
    [InlineData("'--item': did you mean --items?", "websocket", "--item", "5")]
    [InlineData("'--itmes': did you mean --items?", "websocket", "--itmes", "5")]
    [InlineData("'--ITEM': did you mean --items?", "websocket", "--ITEM=5")]
    [InlineData("'items': did you mean --items?", "websocket", "items", "5")]
    [InlineData("'--ulr': did you mean --url?", "websocket", "--ulr=ws://name:password@127.0.0.1:1/")]
    [InlineData("'--reco': did you mean --recovery?", "websocket", "--reco", "r.db")]
    [InlineData("'--jsn': did you mean --json?", "simulate", "--jsn")]
    [InlineData("'--seads': did you mean --seeds?", "simulate", "--seads", "3")]
    [InlineData("'--epoch': did you mean --epoch-ms?", "files", "--epoch", "3")]
    [InlineData("'--seeds': it is an option of simulate.", "websocket", "--seeds", "3")]
    [InlineData("'websockets': did you mean websocket?", "websockets")]
    [InlineData("'simulat': did you mean simulate?", "simulat", "--seeds", "3")]
    [InlineData("'file': did you mean files?", "file")]
    [InlineData("'lst': did you mean list?", "lst")]
    [InlineData("'--hlep': did you mean --help?", "--hlep")]
    [InlineData("'zzz'.", "zzz")]
    public async Task An_unknown_word_is_answered_by_the_nearest_known_one(string said, params string[] arguments)
    {
        var exit = await PlaygroundProcess.RunAsync(arguments);
        Assert.Equal(2, exit.Code);
        Assert.Empty(exit.Output);
        Assert.Equal($"Unrecognized command or argument {said}", Assert.Single(exit.ErrorLines).TrimEnd('\r'));
    }

    [Fact]
    public async Task Websocket_with_recovery_that_is_killed_goes_on_where_it_was()
    {
        string[] arguments = ["websocket", "--items", "4000", "--json", "--out", Out, "--recovery", Path.Combine(_directory, "positions")];
        using (var first = PlaygroundProcess.Start(arguments))
        {
            await ItemsAsync();
            first.Kill();
            await first.ExitAsync();
        }

        var exit = await PlaygroundProcess.RunAsync(arguments);
        Assert.True(exit.Code == 0, exit.Error);
        Assert.Contains("Every trade was written exactly once, over all runs (4,000)", exit.Error, StringComparison.Ordinal);
        Assert.Equal(4_000, (await TradesAsync()).Distinct().Count());
    }

    [Fact]
    public async Task Websocket_with_recovery_needs_a_file_to_go_on_with()
    {
        var exit = await PlaygroundProcess.RunAsync("websocket", "--recovery", Path.Combine(_directory, "positions"));
        Assert.Equal(2, exit.Code);
        Assert.StartsWith("--recovery needs --out", Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task Out_in_a_directory_that_does_not_exist_is_a_bad_option()
    {
        var path = Path.Combine(_directory, "missing", "out.jsonl");
        var exit = await PlaygroundProcess.RunAsync("websocket", "--out", path);
        Assert.Equal(2, exit.Code);
        Assert.Empty(exit.Output);
        Assert.StartsWith("--out cannot be written: ", Assert.Single(exit.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    private async Task<(string Symbol, long Sequence)[]> TradesAsync()
    {
        var lines = await File.ReadAllLinesAsync(Out, TestContext.Current.CancellationToken);
        return [.. lines.Select(line =>
        {
            using var trade = JsonDocument.Parse(line);
            return (trade.RootElement.GetProperty("symbol").GetString()!, trade.RootElement.GetProperty("sequence").GetInt64());
        })];
    }

    private async Task ItemsAsync()
    {
        var waited = Stopwatch.StartNew();
        while (!File.Exists(Out) || new FileInfo(Out).Length == 0)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "Nothing was written.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
