using System.Diagnostics;

namespace Rx.Connectors.Tests.Playground;

/// <summary>The playground as a user starts it: a process of its own.</summary>
internal sealed class PlaygroundProcess : IDisposable
{
    // Only a failing test waits it out.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(20);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private PlaygroundProcess(string program, string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Assembly(program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static PlaygroundProcess Start(params string[] arguments) => new("Playground", arguments);

    /// <summary>Another program that is built with the tests.</summary>
    public static PlaygroundProcess StartProgram(string program, params string[] arguments) => new(program, arguments);

    /// <summary>Another program that is built with the tests, to its end.</summary>
    public static async Task<PlaygroundExit> RunProgramAsync(string program, params string[] arguments)
    {
        using var process = new PlaygroundProcess(program, arguments);
        return await process.ExitAsync();
    }

    public static async Task<PlaygroundExit> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.ExitAsync();
    }

    /// <summary>Ends it at once, as SIGKILL does.</summary>
    public void Kill() => _process.Kill();

    public async Task<PlaygroundExit> ExitAsync()
    {
        using var timeout = new CancellationTokenSource(_timeout);
        await _process.WaitForExitAsync(timeout.Token);
        return new PlaygroundExit(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Where a program is that is built with the tests.</summary>
    public static string Assembly(string program)
    {
        // artifacts/bin/Rx.Connectors.Tests/debug/, and the program beside it in the same configuration.
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, program, own.Name, $"{program}.dll");
    }
}

/// <summary>How it ended.</summary>
internal sealed record PlaygroundExit(int Code, string Output, string Error)
{
    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
