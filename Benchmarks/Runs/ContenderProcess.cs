using System.Diagnostics;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// Starts a contender in a process of its own. What the compiler makes of code depends on how it was used before, so that contenders
/// in one process would change each other. The runtime counts its cores once, when it starts, and sizes its thread pool and decides
/// whether it spins by that; so a process that is pinned later is not one that was started on a single core.
/// </summary>
internal static class ContenderProcess
{
    // The runtime waits for ten times as long on a single core before it optimises what is hot: the warm-up would end before that,
    // and code would be compared that nobody keeps.
    private const string CompilerDelay = "DOTNET_TC_DelaySingleProcMultiplier";

    /// <summary>Whether this system lets a process choose its cores.</summary>
    public static bool CanPin => OperatingSystem.IsLinux() || OperatingSystem.IsWindows();

    /// <summary>Starts it, on the main thread: on Linux a process inherits the cores of the thread that starts it, and only those of
    /// the main thread can be set.</summary>
    public static TurnProcess Start(Placement placement, Workload workload, Contender contender)
    {
        string[] args = [.. Program(), MeasureCommand.Name, workload.Name, contender.Name];
        var start = new ProcessStartInfo(Environment.ProcessPath!, args);
        start.Environment[CompilerDelay] = "1";
        var name = $"{contender.Name} in {placement.Of(workload.Name)}";
        if (placement == Placement.Free || !(OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            return TurnProcess.Start(name, start);
        }

        using var self = Process.GetCurrentProcess();
        var all = self.ProcessorAffinity;
        self.ProcessorAffinity = all & -all;
        try
        {
            return TurnProcess.Start(name, start);
        }
        finally
        {
            self.ProcessorAffinity = all;
        }
    }

    // Run by `dotnet exec`, the process is dotnet, and the program is what it was told first.
    private static string[] Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
}
