using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary><c>compare</c>: every contender beside its peers, and whether the marks are met.</summary>
internal static class CompareCommand
{
    public static int Run(string[] args)
    {
        if (CompareOptions.Parse(args, Workloads.All, out var error) is not { } options)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        // Only the result goes to the standard output, whatever a contender may print.
        var output = Console.Out;
        Console.SetOut(Console.Error);
        var rounds = new Rounds(options.Workloads).Run();
        var marks = rounds.SelectMany(one => one.Key.Marks.Select(mark => mark.Judge(one.Key.Name, one.Value))).ToArray();
        if (options.MarksFile is { } file)
        {
            File.WriteAllText(file, JsonSerializer.Serialize(marks, ResultJson.Options));
        }

        if (options.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(rounds.ToDictionary(one => one.Key.Name, one => Medians(one.Value))));
            ComparisonText.Write(Console.Error, marks);
        }
        else
        {
            foreach (var (workload, counted) in rounds)
            {
                ComparisonText.Write(output, workload, counted.Count, Medians(counted));
            }

            ComparisonText.Write(output, marks);
        }

        return 0;
    }

    private static Dictionary<string, Measured> Medians(List<Round> rounds) =>
        rounds[0].Keys.Order(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Measured.MedianOf([.. rounds.Select(round => round[name])]));
}
