using System.Diagnostics;
using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// A run in a process of its own. The runtime counts its cores once, when it starts, and sizes its thread pool and decides whether it
/// spins by that; so a process that is pinned later is not one that was started on a single core. The free run has a process of its
/// own, too, so that neither finds what the other left behind.
/// </summary>
internal static class RunProcess
{
    // The runtime waits for ten times as long on a single core before it optimises what is hot: the warm-up would end before that,
    // and code would be compared that nobody keeps.
    private const string CompilerDelay = "DOTNET_TC_DelaySingleProcMultiplier";

    /// <summary>Whether this system lets a process choose its cores.</summary>
    public static bool CanPin => OperatingSystem.IsLinux() || OperatingSystem.IsWindows();

    public static RunResult Run(Placement placement, IEnumerable<Workload> workloads)
    {
        string[] args = [MeasureCommand.Name, placement.ToString(), .. workloads.Select(workload => workload.Name)];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Program(), .. args]) { RedirectStandardOutput = true };
        start.Environment[CompilerDelay] = "1";
        using var process = Start(placement, start);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<RunResult>(output, ResultJson.Options)!
            : throw new InvalidOperationException($"The {placement.Name()} run ended with exit code {process.ExitCode}.");
    }

    // Run by `dotnet exec`, the process is dotnet, and the program is what it was told first.
    private static string[] Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

    // A process inherits the cores of the thread that starts it: on Linux that is the main thread, which is this one.
    private static Process Start(Placement placement, ProcessStartInfo start)
    {
        if (placement == Placement.Free || !(OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            return Process.Start(start)!;
        }

        using var self = Process.GetCurrentProcess();
        var all = self.ProcessorAffinity;
        self.ProcessorAffinity = all & -all;
        try
        {
            return Process.Start(start)!;
        }
        finally
        {
            self.ProcessorAffinity = all;
        }
    }
}
