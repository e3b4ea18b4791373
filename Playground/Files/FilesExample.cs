using System.Text.Json.Serialization;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Playground.Infrastructure;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Playground.Files;

/// <summary>Every line of every file of a directory, with the file's name before it, into one file; exactly once.</summary>
internal static class FilesExample
{
    private static DirSourceOptions Following => new()
    {
        Files = new FileSourceOptions
        {
            Follow = new FileFollowOptions { PollInterval = TimeSpan.FromMilliseconds(20), OnCut = FileMismatchBehavior.StartOver },
        },
        WatchInterval = TimeSpan.FromMilliseconds(100),
    };

    public static async Task<int> RunAsync(FilesJob job, Screen screen)
    {
        job.Check();
        var lines = new DirSource(job.Input, "*", job.Follows ? Following : null).Select((file, line) => $"{FileKeys.GetName(file)}\t{line}");
        var flow = new Dataflow("files");
        flow.Input("lines", job.Rate is { } rate ? new PacedSource<string, FilePosition>(lines, rate) : lines)
            .Output("copy", new FileSink(job.Output), static line => line);

        var report = await screen.RunAsync(flow, new FlowOptions
        {
            ProgressInterval = screen.ProgressInterval,
            Workers = job.Workers,
            EpochInterval = job.Epoch,
            Recovery = screen.Recovery(job.Recovery, "copy"),
        });
        screen.Show(report, latencies: null);
        screen.WriteLine(report.WasStopped ? $"Start again with the same options to go on with {job.Output}" : $"Copied to {job.Output}");
        screen.WriteJson(FilesReport.Of(report), FilesJson.Default.FilesReport);
        return 0;
    }
}

/// <summary>What <c>--json</c> prints. Scripts read it, so the names stay.</summary>
internal sealed record FilesReport(
    [property: JsonPropertyName("items")] long Items,
    [property: JsonPropertyName("written")] long Written,
    [property: JsonPropertyName("resumed")] bool Resumed,
    [property: JsonPropertyName("epochs")] long Epochs,
    [property: JsonPropertyName("elapsed_s")] double ElapsedSeconds)
{
    public static FilesReport Of(FlowReport report) => new(
        report.Result.ItemsRead, report.Result.ItemsWritten, report.Result.Resume?.IsResumed ?? false, report.Result.Epochs.Committed,
        Math.Round(report.Elapsed.TotalSeconds, 3));
}

[JsonSerializable(typeof(FilesReport))]
internal sealed partial class FilesJson : JsonSerializerContext;
