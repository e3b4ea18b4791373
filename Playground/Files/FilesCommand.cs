using System.CommandLine;
using Rx.Connectors.Playground.Infrastructure;

namespace Rx.Connectors.Playground.Files;

/// <summary>The options of the file example.</summary>
internal static class FilesCommand
{
    private const int DefaultEpochMilliseconds = 1000;
    private const int MostWorkers = 64;

    public static Command Create()
    {
        var input = Path("--in", "DIR", "The directory whose files are copied, a line at a time.");
        var output = Path("--out", "FILE", "The file to write. One that this recovery store does not know of is not touched.");
        var recovery = Path("--recovery", "FILE", "Where positions are kept, in an SQLite database: start with the same one to go on.");
        var epoch = CommonOptions.Count("--epoch-ms", $"Milliseconds between two commits. Default: {DefaultEpochMilliseconds}.");
        var workers = CommonOptions.Count("--workers", $"How many workers share the files, at most {MostWorkers}. Default: 1.", MostWorkers);
        var rate = CommonOptions.Count("--rate", "How many lines a second to read, of all files together. Default: as many as possible.");
        var follow = new Option<bool>("--follow")
        {
            Description = "Goes on with what is appended, through rotations, until it is told to end.",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "files", "Copies a directory's lines exactly once, however often it is killed.")
        {
            input, output, recovery, epoch, workers, rate, follow, json,
        };
        command.SetAction((parsed, _) => FilesExample.RunAsync(
            new FilesJob(
                parsed.GetRequiredValue(input),
                parsed.GetRequiredValue(output),
                parsed.GetRequiredValue(recovery),
                TimeSpan.FromMilliseconds(parsed.GetValue(epoch) ?? DefaultEpochMilliseconds),
                parsed.GetValue(workers) ?? 1,
                parsed.GetValue(rate),
                parsed.GetValue(follow)),
            new Screen(parsed.GetValue(json))));
        return command;
    }

    private static Option<string> Path(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, Required = true };
}
