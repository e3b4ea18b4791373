using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// What recovery costs: the same flow from a directory of files to a file, with no store and with an SQLite store and an epoch a
/// second, in turn. It is measured in items a second of real time, since a commit is mostly waiting for the disk.
/// </summary>
internal static class RecoveryComparison
{
    private const int Rounds = 5;
    private const int Files = 16;
    private const int LinesPerFile = 1_500_000;

    public static int Run(string[] args)
    {
        if (args.Any(arg => arg != "--json"))
        {
            Console.Error.WriteLine("Usage: dotnet run -c Release --project Benchmarks -- recovery [--json]");
            return 2;
        }

        var work = Directory.CreateTempSubdirectory("rx-connectors-");
        try
        {
            var input = Write(work.CreateSubdirectory("in"));
            using var pauses = new EpochPauses();
            List<double> without = [], with = [], ratios = [];
            List<long> epochs = [];
            for (var round = -1; round < Rounds; round++)
            {
                // Whoever comes second finds a disk that is still busy with the first: so each is first in turn.
                var storeFirst = round % 2 == 0;
                var first = Copy(work, input, storeFirst);
                var second = Copy(work, input, !storeFirst);
                var (plain, stored) = storeFirst ? (second, first) : (first, second);

                // The first round compiles and is not counted.
                if (round >= 0)
                {
                    without.Add(plain.ItemsPerSecond);
                    with.Add(stored.ItemsPerSecond);
                    ratios.Add(stored.ItemsPerSecond / plain.ItemsPerSecond);
                    epochs.Add(stored.Epochs);
                }
            }

            Tell(args, Median(without), Median(with), Median(ratios), epochs, pauses);
            return 0;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static DirSource Write(DirectoryInfo directory)
    {
        // One file under many names: what counts is the reading, and a run has to last for several epochs.
        var first = Path.Combine(directory.FullName, "00.txt");
        using (var writer = new StreamWriter(first))
        {
            for (var i = 0; i < LinesPerFile; i++)
            {
                writer.Write($"line {i} of a file, which is about as long as a line of a log is\n");
            }
        }

        for (var file = 1; file < Files; file++)
        {
            File.CreateSymbolicLink(Path.Combine(directory.FullName, $"{file:00}.txt"), first);
        }

        return new DirSource(directory.FullName);
    }

    private static (double ItemsPerSecond, long Epochs) Copy(DirectoryInfo work, DirSource input, bool withStore)
    {
        foreach (var old in work.GetFiles())
        {
            old.Delete();
        }

        var flow = new Dataflow("copy");
        flow.Input("lines", input).Output("copy", new FileSink(Path.Combine(work.FullName, "out")), _ => "");
        var started = Stopwatch.GetTimestamp();
        var result = flow.RunAsync(new FlowOptions
        {
            EpochInterval = TimeSpan.FromSeconds(1),
            Recovery = withStore
                ? new RecoveryOptions { Store = new SqliteRecoveryStore(Path.Combine(work.FullName, "recovery")) }
                : null,
        }).GetAwaiter().GetResult();
        var elapsed = Stopwatch.GetElapsedTime(started);
        return result.ItemsWritten == Files * LinesPerFile
            ? (result.ItemsWritten / elapsed.TotalSeconds, result.Epochs.Committed)
            : throw new InvalidOperationException($"{result.ItemsWritten} lines were written.");
    }

    private static void Tell(string[] args, double without, double with, double ratio, List<long> epochs, EpochPauses pauses)
    {
        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new Result(
                Math.Round(without), Math.Round(with), Math.Round(ratio, 4), epochs.Min(),
                pauses.Pause.TotalMilliseconds, pauses.Commit.TotalMilliseconds), JsonSerializerOptions.Web));
            return;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"without a store  {without,12:N0} items/s"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"with recovery    {with,12:N0} items/s, in {epochs.Min()} to {epochs.Max()} epochs of 1 s and at ends of files"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ratio            {ratio,12:P1} of the throughput, median of {Rounds} pairs"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"an epoch         {pauses.Pause.TotalMilliseconds,12:F2} ms of pause, {pauses.Commit.TotalMilliseconds:F1} ms to commit beside the flow, medians"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // The names are those of the JSON, which scripts read.
#pragma warning disable IDE1006, SA1300
    private sealed record Result(
        double items_per_s_without, double items_per_s_with, double ratio, long epochs, double pause_ms, double commit_ms);
#pragma warning restore IDE1006, SA1300
}
