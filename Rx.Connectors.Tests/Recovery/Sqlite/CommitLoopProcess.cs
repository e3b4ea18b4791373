using System.Diagnostics;
using System.Globalization;
using Rx.Connectors.Tests.Playground;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>An execution in a process of its own, which can be killed.</summary>
internal sealed class CommitLoopProcess : IDisposable
{
    private readonly Process _process;

    private CommitLoopProcess(string path, string mode) => _process = Process.Start(
        new ProcessStartInfo("dotnet", ["exec", PlaygroundProcess.Assembly("CommitLoop"), path, StoreFolder.Flow, mode])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;

    public int Id => _process.Id;

    public static CommitLoopProcess Commits(string path) => new(path, "commit");

    public static CommitLoopProcess Idles(string path) => new(path, "idle");

    /// <summary>The next line that it prints; null when it has ended.</summary>
    public ValueTask<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync(CancellationToken.None);

    /// <summary>Has an idle one end.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
    }

    /// <summary>Kills it, as power loss or the out-of-memory killer would.</summary>
    /// <returns>The last epoch that it printed after what was read already; 0 for none.</returns>
    public async Task<long> KillAsync()
    {
        _process.Kill();
        var rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();

        // A line that was cut off is not a number that was printed.
        var whole = rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return whole.Length == 0 || whole[^1].StartsWith("open", StringComparison.Ordinal)
            ? 0
            : long.Parse(whole[^1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
