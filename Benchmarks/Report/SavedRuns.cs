using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>Saved results of <c>compare --json</c>, and of its marks: the medians over the runs.</summary>
internal sealed class SavedRuns
{
    private SavedRuns(IReadOnlyList<Dictionary<string, Dictionary<string, Measured>>> runs, IReadOnlyList<Judged[]> marks)
    {
        Runs = runs.Count;
        var names = Workloads.All.SelectMany(one => Enum.GetValues<Placement>().Select(placement => placement.Of(one.Name)));
        foreach (var workload in names.Where(name => runs.Any(run => run.ContainsKey(name))))
        {
            Results[workload] = runs.Where(run => run.ContainsKey(workload)).SelectMany(run => run[workload])
                .GroupBy(one => one.Key, one => one.Value)
                .ToDictionary(group => group.Key, group => Measured.MedianOf([.. group]));
        }

        Marks = [.. marks.SelectMany(run => run).GroupBy(mark => (mark.Workload, mark.Mark)).Select(group => new JudgedRuns(
            group.Key.Workload, group.Key.Mark, group.First().Limit, Math.Round(Measured.Median(group.Select(mark => mark.Value)), 3),
            group.Count(mark => mark.Met), group.Count()))];
    }

    public int Runs { get; }

    /// <summary>By workload, once for each placement, and contender.</summary>
    public Dictionary<string, Dictionary<string, Measured>> Results { get; } = [];

    public IReadOnlyList<JudgedRuns> Marks { get; }

    public static SavedRuns Read(IReadOnlyList<string> files) => new(
        [.. files.Select(file => Read<Dictionary<string, Dictionary<string, Measured>>>(file))],
        [.. files.Select(file => Path.ChangeExtension(file, ".marks.json")).Where(File.Exists).Select(Read<Judged[]>)]);

    private static T Read<T>(string file) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(file), ResultJson.Options) ?? throw new JsonException("it is empty");
}

/// <summary>A mark, and in how many of the runs it was met.</summary>
internal sealed record JudgedRuns(string Workload, string Mark, double Limit, double Value, int Met, int Runs);
