using System.Diagnostics;
using System.Reactive.Linq;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rx.Connectors.Flows;
using Spectre.Console;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>Where an example shows what it does: standard output, or standard error when the output is for a script.</summary>
internal sealed class Screen
{
    private readonly IAnsiConsole _console;
    private readonly bool _json;

    public Screen(bool json)
    {
        _json = json;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out),
        });
    }

    /// <summary>How often to look at a run: a terminal shows every change, a log is to stay short.</summary>
    public TimeSpan ProgressInterval => TimeSpan.FromMilliseconds(IsLive ? 200 : 1000);

    private bool IsLive => _console.Profile.Out.IsTerminal && _console.Profile.Capabilities.Ansi;

    /// <summary>Runs a flow to its end and shows its progress meanwhile.</summary>
    /// <param name="flow">The flow. Ctrl+C and SIGTERM stop it gracefully, a second one aborts it.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="FlowException">The flow has failed.</exception>
    public async Task<FlowReport> RunAsync(Dataflow flow, FlowOptions? options = null)
    {
        var started = Stopwatch.GetTimestamp();
        var run = flow.Start(options ?? new FlowOptions { ProgressInterval = ProgressInterval });
        using var signals = run.StopOnSignals();

        // The last one comes when the run is over, and the summary tells that better.
        var progress = run.Progress.Where(report => !report.IsLast);
        if (IsLive)
        {
            await _console.Live(Table(run.GetProgress())).AutoClear(true).StartAsync(live =>
                progress.ForEachAsync(now => live.UpdateTarget(Table(now))));
        }
        else
        {
            await progress.ForEachAsync(now => WriteLine(ProgressText.Line(now, Stopwatch.GetElapsedTime(started))));
        }

        var result = await run.Completion;
        return new FlowReport(result, run.GetProgress(), Stopwatch.GetElapsedTime(started));

        Table Table(FlowProgress now) => ProgressText.Table(now, Stopwatch.GetElapsedTime(started), run.IsStopping);
    }

    /// <summary>Shows what a run has done.</summary>
    public void Show(FlowReport report, Latencies? latencies)
    {
        _console.Write(Summary.Table(report, latencies));
        if (report.Result.NotClosed.Count > 0)
        {
            WriteLine($"Did not close in time: {string.Join(", ", report.Result.NotClosed)}.");
        }
    }

    /// <summary>Writes the one object of <c>--json</c>, where it was asked for.</summary>
    public void WriteJson<T>(T report, JsonTypeInfo<T> type)
    {
        if (_json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, type));
        }
    }

    /// <summary>Writes one line as it is; the console would wrap it.</summary>
    public void WriteLine(string line) => _console.Profile.Out.Writer.WriteLine(line);
}
