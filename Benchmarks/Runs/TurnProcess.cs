using System.Diagnostics;
using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>The parent's side of a contender's process (<see cref="Turns"/>).</summary>
internal sealed class TurnProcess : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly Process _process;

    private TurnProcess(string name, Process process) => (_name, _process) = (name, process);

    /// <summary>Its number in the system.</summary>
    public int Id => _process.Id;

    /// <summary>The CPU time that it has used so far.</summary>
    public TimeSpan CpuTime => _process.TotalProcessorTime;

    /// <summary>Starts it; it warms up by itself.</summary>
    /// <param name="name">Whose process it is, for messages.</param>
    /// <param name="start">What to run. What it prints to its standard error is shown.</param>
    public static TurnProcess Start(string name, ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        return new TurnProcess(name, Process.Start(start)!);
    }

    /// <summary>Waits until it is warm.</summary>
    /// <returns>How many cores it has.</returns>
    /// <exception cref="InvalidOperationException">It has ended instead.</exception>
    public int WaitUntilWarm() => (int)Read()[Turns.Cores];

    /// <summary>Has it take one turn.</summary>
    /// <exception cref="InvalidOperationException">It has ended instead.</exception>
    public Measured TakeTurn()
    {
        try
        {
            _process.StandardInput.WriteLine("turn");
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which the missing answer tells.
        }

        return Read();
    }

    /// <summary>Has it end, and waits for that.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it took its last line.
        }

        if (!_process.WaitForExit(_patience))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private Measured Read()
    {
        if (_process.StandardOutput.ReadLine() is { } line)
        {
            return JsonSerializer.Deserialize<Measured>(line)!;
        }

        _process.WaitForExit();
        throw new InvalidOperationException($"The process of {_name} ended with exit code {_process.ExitCode} before its turn was over.");
    }
}
