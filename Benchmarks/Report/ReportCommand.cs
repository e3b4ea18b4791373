using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary><c>report</c>: puts saved results into the page on performance, and draws its chart.</summary>
internal static class ReportCommand
{
    private const string Begin = "<!-- results -->";
    private const string End = "<!-- /results -->";

    public static int Run(string[] args)
    {
        if (args.Length == 0)
        {
            return Refuse("report needs the files of one or more runs of compare --json.");
        }

        if (args.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            return Refuse($"'{missing}' is not there.");
        }

        var page = Path.Combine("docs", "performance.md");
        if (!File.Exists(page))
        {
            return Refuse($"'{page}' is not here; run it in the root of the repository.");
        }

        SavedRuns runs;
        try
        {
            runs = SavedRuns.Read(args);
        }
        catch (JsonException bad)
        {
            return Refuse($"A file is no result of compare --json: {bad.Message}");
        }

        var text = File.ReadAllText(page);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            return Refuse($"'{page}' has no '{Begin}' followed by '{End}'.");
        }

        File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n\n{ResultTables.Write(runs)}\n{text[end..]}");
        File.WriteAllText(Path.Combine("docs", "images", "performance.svg"), ResultChart.Draw(runs.Results));
        return 0;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 2;
    }
}
