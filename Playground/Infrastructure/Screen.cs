using System.Diagnostics;
using System.Reactive.Linq;
using System.Text.Json;
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

    private bool IsLive => _console.Profile.Out.IsTerminal && _console.Profile.Capabilities.Ansi;

    /// <summary>Runs a flow to its end and shows its progress meanwhile.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="stop">Stops it gracefully.</param>
    /// <exception cref="FlowException">The flow has failed.</exception>
    public async Task<FlowReport> RunAsync(Dataflow flow, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var run = flow.Start(new FlowOptions { ProgressInterval = TimeSpan.FromMilliseconds(IsLive ? 200 : 1000) });
        using var stopping = stop.Register(run.Stop);

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

        Table Table(FlowProgress now) => ProgressText.Table(now, Stopwatch.GetElapsedTime(started), stop.IsCancellationRequested);
    }

    /// <summary>Shows what a run has done.</summary>
    public void Show(FlowReport report, Latencies? latencies)
    {
        _console.Write(Summary.Table(report, latencies));
        if (report.Result.NotClosed.Count > 0)
        {
            WriteLine($"Did not close in time: {string.Join(", ", report.Result.NotClosed)}.");
        }

        if (_json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report.ToJson(), ReportJson.Default.JsonReport));
        }
    }

    /// <summary>Writes one line as it is; the console would wrap it.</summary>
    public void WriteLine(string line) => _console.Profile.Out.Writer.WriteLine(line);
}
